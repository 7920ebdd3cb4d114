#include "config/value_rules.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsReadAndPrintedInItsShortestWholeUnit) {
  EXPECT_EQ(ParseDuration("30s"), milliseconds(30'000));
  EXPECT_EQ(ParseDuration("1m30s"), milliseconds(90'000));
  EXPECT_EQ(ParseDuration("1.5s"), milliseconds(1'500));
  EXPECT_EQ(ParseDuration("0"), milliseconds(0));
  EXPECT_EQ(ParseDuration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(PrintDuration(milliseconds(90'000)), "90s");
  EXPECT_EQ(PrintDuration(milliseconds(1'500)), "1500ms");
  EXPECT_EQ(PrintDuration(milliseconds(0)), "0s");
}

TEST(Duration, ThatWouldLoseSomethingIsRefused) {
  for (const char* text : {"1us", "1.0001s", "-1s", "inf", "100000h", "5", "s", "1s "}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(RedactUrl, RemovesUserInfoAndQueryOfAnyText) {
  EXPECT_EQ(RedactUrl("https://a.b/c"), "https://a.b/c");
  EXPECT_EQ(RedactUrl("https://u:p@a.b/c"), "https://<redacted>@a.b/c");
  EXPECT_EQ(RedactUrl("https://u:p@q/r@a.b/c?k=v#f"), "https://<redacted>@a.b/c?<redacted>");
  EXPECT_EQ(RedactUrl("https://a.b/#k"), "https://a.b/#<redacted>");
  EXPECT_EQ(RedactUrl("u:p@a.b:1"), "<redacted>@a.b:1");
  EXPECT_EQ(RedactUrl(""), "");
}

TEST(Quote, MakesOneShortPrintableLine) {
  EXPECT_EQ(Quote("a \"b\" \\"), R"("a \"b\" \\")");
  EXPECT_EQ(Quote("\n\x1b\x7f\xff"), R"("\x0a\x1b\x7f\xff")");
  EXPECT_EQ(Quote(std::string(300, 'a')), "\"" + std::string(200, 'a') + "\"...");
}

}  // namespace
}  // namespace modelgates::gateway
