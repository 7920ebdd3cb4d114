#include <gtest/gtest.h>

#include <random>
#include <string>

#include "http/url.h"

namespace modelgates::gateway {
namespace {

void ExpectSame(const Url& plain, const std::optional<Url>& any) {
  ASSERT_TRUE(any);
  EXPECT_EQ(plain.scheme, any->scheme);
  EXPECT_EQ(plain.host, any->host);
  EXPECT_EQ(plain.port, any->port);
  EXPECT_EQ(plain.path, any->path);
  EXPECT_EQ(plain.has_user_info, any->has_user_info);
  EXPECT_EQ(plain.has_query, any->has_query);
  EXPECT_EQ(plain.has_fragment, any->has_fragment);
}

TEST(ParsePlainUrl, ReadsWhatCallersSend) {
  for (const char* text :
       {"https://app.example.com/oauth/callback", "https://a.b", "https://app.example.com:3000/cb",
        "http://localhost:8080/Callback_2", "https://xn--e1afmkfd.example/"}) {
    SCOPED_TRACE(text);
    const std::optional<Url> url = ParsePlainUrl(text);
    ASSERT_TRUE(url);
    ExpectSame(*url, ParseAnyUrl(text));
  }
}

// From pieces in which the delicate cases are frequent.
TEST(ParsePlainUrl, AgreesWithTheLibraryOnAllItAccepts) {
  constexpr const char* kPieces[] = {
      "https", "http",  "://",   ":",   "/", "//", "a",    "b.c", ".",    "..",       "-", "1",
      "2",     "0",     "@",     "?",   "#", "\\", "%2f",  "~",   "_",    "A",        "[", "::1",
      "]",     "65535", "65536", "443", " ", "é",  ".com", "./",  "/../", "127.0.0.1"};
  std::mt19937 random(20261123);
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = random() % 2 ? "https://a" : "";
    for (size_t i = random() % 7; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
    const std::optional<Url> url = ParsePlainUrl(text);
    if (!url) continue;
    ++accepted;
    SCOPED_TRACE(text);
    ExpectSame(*url, ParseAnyUrl(text));
    if (HasFailure()) return;
  }
  EXPECT_GT(accepted, 1'000);
}

}  // namespace
}  // namespace modelgates::gateway
