#include "rpc/redaction.h"

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
        RedactionCase{"CaseMatters", {"Code"}, "code", "code"}),
    [](const auto& row) { return row.param.name; });

TEST(Redaction, TakesAHostileTextInOnePass) {
  Redaction redaction;
  redaction.Add("aaaa");
  const std::string shown = redaction.Apply(std::string(256 * 1024, 'a'));
  EXPECT_EQ(shown.find('a' + std::string("a")), std::string::npos);
  EXPECT_EQ(shown.size(), 256u * 1024 / 4 * 10);
}

}  // namespace
}  // namespace modelgates::gateway
