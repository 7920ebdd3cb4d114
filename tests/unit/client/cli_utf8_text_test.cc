#include <gtest/gtest.h>

#include "utf8_text.h"

namespace modelgates::oauth::cli {
namespace {

TEST(PrintableText, ShowsWhatCommandsATerminalAsEscapes) {
  EXPECT_EQ(Printable("plain \\ text, \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "plain \\ text, \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(Printable("\x1b[2J\a\r\x7f"), "\\x1b[2J\\x07\\x0d\\x7f");
  EXPECT_EQ(Printable("one\ntwo\tthree"), "one\\ntwo\\tthree");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\x00");
  // CSI in one character, and its neighbours.
  EXPECT_EQ(Printable("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0"), "\\u0080\\u009b\\u009f\xc2\xa0");
}

TEST(PrintableText, ShowsWhatTurnsOrHidesTextAsEscapes) {
  EXPECT_EQ(Printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c"),
            "a\\u202eb\\u2066\\u200f\\u061c");
  EXPECT_EQ(Printable("\xe2\x80\x8b\xc2\xad\xef\xbb\xbf\xe2\x80\xa8"),
            "\\u200b\\u00ad\\ufeff\\u2028");
  EXPECT_EQ(Printable("\xf3\xa0\x81\x81"), "\\U000e0041");
}

TEST(PrintableText, ShowsBytesThatAreNoTextAsEscapes) {
  EXPECT_EQ(Printable("a\x9b"
                      "b\xff"),
            "a\\x9bb\\xff");
  EXPECT_EQ(Printable("\xe2\x82"), "\\xe2\\x82");
  // Overlong, a surrogate, too large.
  EXPECT_EQ(Printable("\xc0\x9b"), "\\xc0\\x9b");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Utf8Text, IsToldFromOtherBytes) {
  for (const char* text : {"", "a", "\xc3\xa4", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  for (const char* bytes : {"\xff", "\xe4", "a\xc3", "\xc0\x80", "\xed\xbf\xbf", "\xe0\x80\x80",
                            "\xf0\x80\x80\x80", "\xf5\x80\x80\x80", "\x80"}) {
    EXPECT_FALSE(IsUtf8(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace modelgates::oauth::cli
