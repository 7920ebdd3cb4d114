#include "redaction/redaction.h"

#include <gtest/gtest.h>

#include <string>

namespace modelgates::gateway {
namespace {

struct RedactionCase {
  std::string name;
  std::vector<std::string> secrets;
  std::string text;
  std::string shown;
};

class RedactionTest : public testing::TestWithParam<RedactionCase> {};

TEST_P(RedactionTest, TakesSecretsOut) {
  Redaction redaction;
  for (const std::string& secret : GetParam().secrets) redaction.Add(secret);
  EXPECT_EQ(redaction.Apply(GetParam().text), GetParam().shown);
}

TEST_P(RedactionTest, DoesNotDependOnTheOrderOfSecrets) {
  Redaction redaction;
  const auto& secrets = GetParam().secrets;
  for (auto secret = secrets.rbegin(); secret != secrets.rend(); ++secret) redaction.Add(*secret);
  EXPECT_EQ(redaction.Apply(GetParam().text), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RedactionTest,
    testing::Values(
        RedactionCase{"NoSecret", {}, "text", "text"}, RedactionCase{"EmptyText", {"code"}, "", ""},
        RedactionCase{"NotFound", {"code"}, "cod e", "cod e"},
        RedactionCase{"Whole", {"code-1"}, "code-1", "[redacted]"},
        RedactionCase{"Within", {"code-1"}, "a code-1.", "a [redacted]."},
        RedactionCase{"Twice", {"code"}, "code, code", "[redacted], [redacted]"},
        RedactionCase{"BackToBack", {"code"}, "codecode", "[redacted][redacted]"},
        RedactionCase{"Two", {"aaaa", "bbbb"}, "bbbb aaaa", "[redacted] [redacted]"},
        RedactionCase{"Nested", {"code", "my-code-1"}, "my-code-1 code", "[redacted] [redacted]"},
        RedactionCase{"NestedAtTheStart", {"code", "code-1"}, "code-1", "[redacted]"},
        RedactionCase{"Overlapping", {"abcdef", "efghij"}, "abcdefghij", "[redacted]"},
        RedactionCase{"SameTwice", {"code", "code"}, "code", "[redacted]"},
        RedactionCase{"LikeThePlaceholder", {"redacted", "code"}, "code", "[redacted]"},
        RedactionCase{"Shortest", {"abcd"}, "abcd", "[redacted]"},
        RedactionCase{"TooShort", {"abc"}, "abc", "abc"},
        RedactionCase{"Empty", {""}, "abc", "abc"},
        RedactionCase{"Nul", {std::string("a\0bc", 4)}, std::string("-a\0bc-", 6), "-[redacted]-"},
        RedactionCase{"CaseMatters", {"Code"}, "code", "code"},
        RedactionCase{"Escaped", {"a/b&c"}, R"(- a\/b\u0026c -)", "- [redacted] -"},
        RedactionCase{"InALink", {"a/b&c"}, "?code=a%2fb%26c&x", "?code=[redacted]&x"},
        RedactionCase{"InAPage", {"a/b&c"}, "<p>a/<wbr>b&amp;c</p>", "<p>[redacted]</p>"},
        RedactionCase{"AfterATagThatDoesNotClose", {"a/b&c"}, "1 <b a%2Fb&c", "1 <b [redacted]"},
        RedactionCase{"BrokenByControls",
                      {"code"},
                      "co\n\x01"
                      "de",
                      "[redacted]"},
        RedactionCase{"LikeAnEscape", {"code%41"}, "code%41 code%2541", "[redacted] [redacted]"},
        RedactionCase{
            "LikeMarkup", {"code<i>"}, "code<i> <b>code&lt;i&gt;", "[redacted] <b>[redacted]"},
        RedactionCase{"LikeMarkupInAPage", {"code<i>x"}, "<b>co</b>de<i>x", "<b>[redacted]"},
        RedactionCase{"ShortWhenUnescaped", {"%41%42"}, "AB %41%42", "AB [redacted]"}),
    [](const auto& row) { return row.param.name; });

TEST(Redaction, TakesAHostileTextInOnePass) {
  Redaction redaction;
  redaction.Add("aaaa");
  const std::string shown = redaction.Apply(std::string(Redaction::kMaxBytes, 'a'));
  EXPECT_EQ(shown.find("aa"), std::string::npos);
  EXPECT_EQ(shown.size(), Redaction::kMaxBytes / 4 * std::string("[redacted]").size());
}

TEST(Redaction, TakesASecretThatAlmostMatchesEverywhere) {
  Redaction redaction;
  const std::string secret = std::string(2047, 'a') + 'b';
  redaction.Add(secret);
  const std::string text(Redaction::kMaxBytes, 'a');
  EXPECT_EQ(redaction.Apply(text), text);
}

TEST(Redaction, LeavesOutWhatNobodyWillSee) {
  EXPECT_EQ(Redaction().Apply(std::string(10 * Redaction::kMaxBytes, 'x')),
            std::string(Redaction::kMaxBytes, 'x'));
}

// Wherever the end of what is shown falls, and however the secret is spelled.
TEST(Redaction, ShowsNoPartOfASecretAtTheEnd) {
  Redaction redaction;
  redaction.Add("secret/code");
  for (const std::string spelling : {"secret/code", R"(s\u0065cret\/code)", "secret%2Fcode"}) {
    for (size_t i = 0; i <= spelling.size(); ++i) {
      const std::string before(Redaction::kMaxBytes - i, 'x');
      const std::string shown = redaction.Apply(before + spelling + "y");
      EXPECT_EQ(shown, i == 0 ? before : before + "[redacted]") << spelling << " " << i;
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
