#include "request/retry_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using namespace std::chrono_literals;
using Change = std::function<void(v1::RetryConfig&)>;

std::vector<std::string> Fields(const v1::RetryConfig& config) {
  std::vector<std::string> fields;
  for (const Violation& problem : CheckRetryConfig(config)) {
    fields.push_back(problem.field);
    EXPECT_TRUE(problem.rule.starts_with("must ")) << problem.rule;
  }
  return fields;
}

// A duration field of the backoff and its ceiling.
struct DurationField {
  std::string name;
  google::protobuf::Duration* (v1::BackoffStrategy::*mutable_field)();
  int64_t max_seconds;
};

class RetryDurationTest : public testing::TestWithParam<DurationField> {
 protected:
  bool Accepts(int64_t seconds, int32_t nanos) {
    v1::RetryConfig config;
    auto* duration = (config.mutable_backoff()->*GetParam().mutable_field)();
    duration->set_seconds(seconds);
    duration->set_nanos(nanos);
    const std::vector<std::string> fields = Fields(config);
    if (fields.empty()) return true;
    EXPECT_EQ(fields, std::vector<std::string>{"retries.backoff." + GetParam().name});
    return false;
  }
};

TEST_P(RetryDurationTest, HasACeiling) {
  const int64_t max = GetParam().max_seconds;
  EXPECT_TRUE(Accepts(0, 0));
  EXPECT_TRUE(Accepts(0, 1));
  EXPECT_TRUE(Accepts(max - 1, 999'999'999));
  EXPECT_TRUE(Accepts(max, 0));
  EXPECT_FALSE(Accepts(max, 1));
  EXPECT_FALSE(Accepts(max + 1, 0));
  EXPECT_FALSE(Accepts(std::numeric_limits<int64_t>::max(), 0));
}

TEST_P(RetryDurationTest, IsNeverNegativeNorMalformed) {
  EXPECT_FALSE(Accepts(-1, 0));
  EXPECT_FALSE(Accepts(0, -1));
  EXPECT_FALSE(Accepts(-1, 999'999'999));
  EXPECT_FALSE(Accepts(1, -1));
  EXPECT_FALSE(Accepts(0, 1'000'000'000));
  EXPECT_FALSE(Accepts(0, std::numeric_limits<int32_t>::min()));
  EXPECT_FALSE(Accepts(std::numeric_limits<int64_t>::min(), 0));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RetryDurationTest,
    testing::Values(
        DurationField{"initial_interval", &v1::BackoffStrategy::mutable_initial_interval, 60},
        DurationField{"max_interval", &v1::BackoffStrategy::mutable_max_interval, 600},
        DurationField{"max_elapsed_time", &v1::BackoffStrategy::mutable_max_elapsed_time, 3600},
        DurationField{"jitter", &v1::BackoffStrategy::mutable_jitter, 60}),
    [](const auto& row) { return row.param.name; });

struct RuleCase {
  std::string name;
  Change change;
  std::vector<std::string> fields{};
};

class RetryRuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(RetryRuleTest, IsChecked) {
  v1::RetryConfig config;
  GetParam().change(config);
  EXPECT_EQ(Fields(config), GetParam().fields);
}

Change Exponent(double value) {
  return [value](v1::RetryConfig& config) { config.mutable_backoff()->set_exponent(value); };
}
Change Attempts(uint32_t value) {
  return [value](v1::RetryConfig& config) { config.set_max_attempts(value); };
}
Change Statuses(std::vector<std::string> entries) {
  return [entries](v1::RetryConfig& config) {
    for (const std::string& entry : entries) config.add_status_codes(entry);
  };
}
Change Strategy(int value) {
  return
      [value](v1::RetryConfig& config) { config.set_strategy(v1::RetryConfig::Strategy(value)); };
}

const std::vector<std::string> kExponent = {"retries.backoff.exponent"};
const std::vector<std::string> kFirstStatus = {"retries.status_codes[0]"};

INSTANTIATE_TEST_SUITE_P(
    Rules, RetryRuleTest,
    testing::Values(RuleCase{"Empty", [](v1::RetryConfig&) {}},
                    RuleCase{"StrategyNone", Strategy(v1::RetryConfig::NONE)},
                    RuleCase{"StrategyUnknown", Strategy(3), {"retries.strategy"}},
                    RuleCase{"StrategyNegative", Strategy(-1), {"retries.strategy"}},
                    RuleCase{"ExponentAbsent", Exponent(0)},
                    RuleCase{"ExponentNegativeZero", Exponent(-0.0)},
                    RuleCase{"ExponentLeast", Exponent(1)}, RuleCase{"ExponentMost", Exponent(10)},
                    RuleCase{"ExponentBelow", Exponent(0.999), kExponent},
                    RuleCase{"ExponentAbove", Exponent(10.001), kExponent},
                    RuleCase{"ExponentNegative", Exponent(-1.5), kExponent},
                    RuleCase{"ExponentNan", Exponent(std::nan("")), kExponent},
                    RuleCase{"ExponentInfinite", Exponent(HUGE_VAL), kExponent},
                    RuleCase{"AttemptsLeast", Attempts(1)}, RuleCase{"AttemptsMost", Attempts(10)},
                    RuleCase{"AttemptsZero", Attempts(0), {"retries.max_attempts"}},
                    RuleCase{"AttemptsAbove", Attempts(11), {"retries.max_attempts"}},
                    RuleCase{"AttemptsHuge", Attempts(0xFFFFFFFF), {"retries.max_attempts"}},
                    RuleCase{"Statuses", Statuses({"400", "429", "599", "4XX", "5xx"})},
                    RuleCase{"StatusEmpty", Statuses({""}), kFirstStatus},
                    RuleCase{"StatusBelow", Statuses({"399"}), kFirstStatus},
                    RuleCase{"StatusAbove", Statuses({"600"}), kFirstStatus},
                    RuleCase{"StatusSuccess", Statuses({"200"}), kFirstStatus},
                    RuleCase{"StatusClass2", Statuses({"2XX"}), kFirstStatus},
                    RuleCase{"StatusMixedCase", Statuses({"5Xx"}), kFirstStatus},
                    RuleCase{"StatusFourDigits", Statuses({"5000"}), kFirstStatus},
                    RuleCase{"StatusSpace", Statuses({" 429"}), kFirstStatus},
                    RuleCase{"StatusRange", Statuses({"500-504"}), kFirstStatus},
                    RuleCase{"StatusSecond",
                             Statuses({"429", "x", "503", "y"}),
                             {"retries.status_codes[1]", "retries.status_codes[3]"}},
                    RuleCase{"MostStatuses", Statuses(std::vector<std::string>(32, "503"))},
                    RuleCase{"TooManyStatuses",
                             Statuses(std::vector<std::string>(33, "503")),
                             {"retries.status_codes"}}),
    [](const auto& row) { return row.param.name; });

RetryPolicy Made(const Change& change, RetryPolicy defaults = {}) {
  v1::RetryConfig config;
  change(config);
  return ToRetryPolicy(config, std::move(defaults));
}

TEST(RetryConfig, KeepsTheDefaultsThatItDoesNotName) {
  RetryPolicy defaults;
  defaults.max_attempts = 7;
  defaults.initial_interval = 11ms;
  defaults.max_interval = 22ms;
  defaults.exponent = 3;
  defaults.jitter = 33ms;
  defaults.max_retry_after = 44ms;
  const RetryPolicy policy = Made([](v1::RetryConfig& c) { c.mutable_backoff(); }, defaults);
  EXPECT_EQ(policy.max_attempts, 7);
  EXPECT_EQ(policy.initial_interval, 11ms);
  EXPECT_EQ(policy.max_interval, 22ms);
  EXPECT_EQ(policy.exponent, 3);
  EXPECT_EQ(policy.jitter, 33ms);
  EXPECT_EQ(policy.max_retry_after, 44ms);
  EXPECT_EQ(policy.max_elapsed, std::nullopt);
  EXPECT_TRUE(policy.retry_connection_errors);
  EXPECT_TRUE(policy.enabled);
  EXPECT_TRUE(policy.statuses.empty());
}

TEST(RetryConfig, OverridesWhatItNames) {
  const RetryPolicy policy = Made([](v1::RetryConfig& config) {
    config.set_strategy(v1::RetryConfig::BACKOFF);
    config.set_retry_connection_errors(false);
    config.set_max_attempts(2);
    v1::BackoffStrategy& backoff = *config.mutable_backoff();
    backoff.mutable_initial_interval()->set_nanos(250'000'000);
    backoff.mutable_max_interval()->set_seconds(600);
    backoff.set_exponent(1);
    backoff.mutable_max_elapsed_time()->set_seconds(3600);
    backoff.mutable_jitter()->set_seconds(1);
    backoff.mutable_jitter()->set_nanos(999'999'999);
  });
  EXPECT_TRUE(policy.enabled);
  EXPECT_FALSE(policy.retry_connection_errors);
  EXPECT_EQ(policy.max_attempts, 2);
  EXPECT_EQ(policy.initial_interval, 250ms);
  EXPECT_EQ(policy.max_interval, 600s);
  EXPECT_EQ(policy.exponent, 1);
  EXPECT_EQ(policy.max_elapsed, 3600s);
  EXPECT_EQ(policy.jitter, 1999ms);
}

TEST(RetryConfig, TakesAPresentZeroAsZero) {
  const RetryPolicy policy = Made([](v1::RetryConfig& config) {
    config.mutable_backoff()->mutable_jitter();
    config.mutable_backoff()->mutable_max_elapsed_time();
  });
  EXPECT_EQ(policy.jitter, 0ms);
  EXPECT_EQ(policy.max_elapsed, 0ms);
}

TEST(RetryConfig, SwitchesRetriesOff) {
  EXPECT_FALSE(Made(Strategy(v1::RetryConfig::NONE)).enabled);
  EXPECT_TRUE(Made(Strategy(v1::RetryConfig::STRATEGY_UNSPECIFIED)).enabled);
}

TEST(RetryConfig, ReplacesTheStatuses) {
  const RetryPolicy policy = Made(Statuses({"429", "5XX"}));
  EXPECT_TRUE(policy.statuses.Contains(429));
  EXPECT_TRUE(policy.statuses.Contains(599));
  EXPECT_FALSE(policy.statuses.Contains(408));
}

}  // namespace
}  // namespace modelgates::gateway
