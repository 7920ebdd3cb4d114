#include "sandbox/fault_script.h"

#include <gtest/gtest.h>

namespace modelgates::sandbox {
namespace {

using namespace std::chrono_literals;

std::vector<FaultRule> Parse(std::string_view text) {
  auto parsed = ParseFaultScript(text);
  const auto* violation = std::get_if<Violation>(&parsed);
  EXPECT_EQ(violation, nullptr) << violation->field << " " << violation->rule;
  return violation != nullptr ? std::vector<FaultRule>{}
                              : std::get<std::vector<FaultRule>>(std::move(parsed));
}

TEST(ParseFaultScript, ReadsEveryMember) {
  const auto rules = Parse(R"({"match":{"path":"/auth/keys","code":"c"},"count":0,
      "percent":50,"after_work":true,"action":"status","status":429,"headers":{"Retry-After":"1"},"body":"b",
      "content_type":"text/plain","delay_ms":500})");
  ASSERT_EQ(rules.size(), 1u);
  const FaultRule& rule = rules.front();
  EXPECT_EQ(rule.path, "/auth/keys");
  EXPECT_EQ(rule.auth_code, "c");
  EXPECT_EQ(rule.count, 0u);
  EXPECT_EQ(rule.percent, 50u);
  EXPECT_EQ(rule.moment, FaultMoment::kAfterWork);
  EXPECT_EQ(rule.action, FaultAction::kStatus);
  EXPECT_EQ(rule.http_status, 429u);
  EXPECT_EQ(rule.headers.at("Retry-After"), "1");
  EXPECT_EQ(rule.body, "b");
  EXPECT_EQ(rule.content_type, "text/plain");
  EXPECT_EQ(rule.delay, 500ms);
}

TEST(ParseFaultScript, HasDefaults) {
  const auto rules = Parse(R"([{"action":"reset"},{"action":"hang"}])");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].count, 1u);
  EXPECT_EQ(rules[0].percent, 100u);
  EXPECT_EQ(rules[0].moment, FaultMoment::kBeforeWork);
  EXPECT_FALSE(rules[0].path || rules[0].auth_code || rules[0].http_status || rules[0].body);
  EXPECT_EQ(rules[1].action, FaultAction::kHang);
}

struct BrokenCase {
  const char* name;
  const char* script;
  const char* field;
};

class BrokenFaultScriptTest : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenFaultScriptTest, IsRefusedByField) {
  const auto parsed = ParseFaultScript(GetParam().script);
  const auto* violation = std::get_if<Violation>(&parsed);
  ASSERT_NE(violation, nullptr);
  EXPECT_EQ(violation->field, GetParam().field);
  EXPECT_FALSE(violation->rule.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BrokenFaultScriptTest,
    testing::Values(
        BrokenCase{"NotJson", "{", ""}, BrokenCase{"Number", "7", ""},
        BrokenCase{"NoAction", "{}", "action"},
        BrokenCase{"UnknownAction", R"({"action":"explode"})", "action"},
        BrokenCase{"SecondOfTwo", R"([{"action":"hang"},{"action":1}])", "[1].action"},
        BrokenCase{"NotAnObject", R"([1])", "[0]"},
        BrokenCase{"Misspelt", R"({"action":"hang","aftre_work":true})", "aftre_work"},
        BrokenCase{"CountNegative", R"({"action":"hang","count":-1})", "count"},
        BrokenCase{"CountFraction", R"({"action":"hang","count":1.5})", "count"},
        BrokenCase{"CountHuge", R"({"action":"hang","count":18446744073709551615})", "count"},
        BrokenCase{"PercentNone", R"({"action":"hang","percent":0})", "percent"},
        BrokenCase{"PercentOver", R"({"action":"hang","percent":101})", "percent"},
        BrokenCase{"StatusLow", R"({"action":"status","status":100})", "status"},
        BrokenCase{"StatusHigh", R"({"action":"status","status":600})", "status"},
        BrokenCase{"StatusOfReset", R"({"action":"reset","status":503})", "status"},
        BrokenCase{"BodyOfOversize", R"({"action":"oversize","body":"x"})", "body"},
        BrokenCase{"DelayMissing", R"({"action":"delay"})", "delay_ms"},
        BrokenCase{"DelayNegative", R"({"action":"hang","delay_ms":-1})", "delay_ms"},
        BrokenCase{"AfterWorkText", R"({"action":"hang","after_work":"yes"})", "after_work"},
        BrokenCase{"MatchText", R"({"action":"hang","match":"/auth/keys"})", "match"},
        BrokenCase{"MatchPath", R"({"action":"hang","match":{"path":"auth"}})", "match"},
        BrokenCase{"MatchOther", R"({"action":"hang","match":{"id":"x"}})", "match"},
        BrokenCase{"HeaderSplit", R"({"action":"status","headers":{"a":"b\r\nc"}})", "headers"},
        BrokenCase{"HeaderName", R"({"action":"status","headers":{"a b":"c"}})", "headers"},
        BrokenCase{"Framing", R"({"action":"status","headers":{"Content-Length":"1"}})", "headers"},
        BrokenCase{"TypeSplit", R"({"action":"status","content_type":"a\nb"})", "content_type"}),
    [](const auto& row) { return row.param.name; });

TEST(FaultPlan, UsesTheFirstRuleThatMatches) {
  FaultPlan plan;
  plan.Add({{.path = "/auth/keys", .auth_code = "a", .action = FaultAction::kReset},
            {.path = "/auth/keys", .count = 2, .action = FaultAction::kHang}});
  EXPECT_FALSE(plan.Take("/auth/keys/code", "a"));
  EXPECT_EQ(plan.Take("/auth/keys", "b")->action, FaultAction::kHang);
  EXPECT_EQ(plan.Take("/auth/keys", "a")->action, FaultAction::kReset);
  EXPECT_EQ(plan.Take("/auth/keys", "a")->action, FaultAction::kHang);
  EXPECT_FALSE(plan.Take("/auth/keys", "a"));
  EXPECT_EQ(plan.pending(), 0u);
}

TEST(FaultPlan, StrikesTheShareThatARuleNames) {
  constexpr int kRequests = 10'000;
  FaultPlan plan;
  plan.Add({{.count = 0, .percent = 10, .action = FaultAction::kStatus}});
  int struck = 0;
  for (int i = 0; i < kRequests; ++i) struck += plan.Take("/auth/keys", "") ? 1 : 0;
  EXPECT_NEAR(struck, kRequests / 10, kRequests / 50);
}

TEST(FaultPlan, KeepsARuleWithoutCountUntilCleared) {
  FaultPlan plan;
  plan.Add({{.count = 0, .action = FaultAction::kClose}});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(plan.Take("/auth/keys", ""));
  plan.Clear();
  EXPECT_FALSE(plan.Take("/auth/keys", ""));
}

}  // namespace
}  // namespace modelgates::sandbox
