#include "request/retry_options.h"

#include <gtest/gtest.h>

#include "failure/verdict.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using namespace std::chrono_literals;

const TimePoint kNow = TimePoint(1000h);

struct DeadlineCase {
  std::string name;
  std::optional<Duration> left;     // of the caller's deadline; nullopt: it set none
  std::optional<Duration> allowed;  // for us; nullopt: too short
  std::chrono::milliseconds default_deadline{30'000};
};

class OwnDeadlineTest : public testing::TestWithParam<DeadlineCase> {};

TEST_P(OwnDeadlineTest, LeavesAMargin) {
  const DeadlineCase& row = GetParam();
  Config config;
  config.default_deadline = row.default_deadline;
  config.max_deadline = 120s;
  const TimePoint caller = row.left ? kNow + *row.left : TimePoint::max();
  const std::optional<TimePoint> deadline = OwnDeadline(config, caller, kNow);
  ASSERT_EQ(deadline.has_value(), row.allowed.has_value());
  if (deadline) {
    EXPECT_EQ(*deadline - kNow, *row.allowed);
  }
}

INSTANTIATE_TEST_SUITE_P(Deadlines, OwnDeadlineTest,
                         testing::Values(DeadlineCase{"Default", std::nullopt, 30s - 100ms},
                                         DeadlineCase{"DefaultAboveMaximum", std::nullopt,
                                                      120s - 100ms, 300s},
                                         DeadlineCase{"Long", 10s, 10s - 100ms},
                                         DeadlineCase{"AtMaximum", 120s, 120s - 100ms},
                                         DeadlineCase{"AboveMaximum", 3600s, 120s - 100ms},
                                         DeadlineCase{"LeastWithLargestMargin", 2s, 1900ms},
                                         DeadlineCase{"TwentiethAsMargin", 1s, 950ms},
                                         DeadlineCase{"MostWithSmallestMargin", 200ms, 190ms},
                                         DeadlineCase{"Shortest", 100ms, 90ms},
                                         DeadlineCase{"JustTooShort", 100ms - 1ns, std::nullopt},
                                         DeadlineCase{"Now", 0ms, std::nullopt},
                                         DeadlineCase{"Past", -5s, std::nullopt}),
                         [](const auto& row) { return row.param.name; });

TEST(RetryOptions, TakesTheGatewaysPolicy) {
  Config config;
  config.max_attempts = 3;
  config.initial_interval = 1ms;
  config.max_interval = 2ms;
  config.backoff_exponent = 4;
  config.max_retry_after = 5ms;
  config.attempt_timeout = 6ms;
  std::stop_source stop;
  const RetryOptions options =
      MakeRetryOptions(config, Rpc::kCreateAuthCode, nullptr, kNow, kNow + 1s, stop.get_token());
  EXPECT_EQ(options.policy.max_attempts, 3);
  EXPECT_EQ(options.policy.initial_interval, 1ms);
  EXPECT_EQ(options.policy.max_interval, 2ms);
  EXPECT_EQ(options.policy.exponent, 4);
  EXPECT_EQ(options.policy.max_retry_after, 5ms);
  EXPECT_EQ(options.attempt_timeout, 6ms);
  EXPECT_EQ(options.started, kNow);
  EXPECT_EQ(options.deadline, kNow + 1s);
  stop.request_stop();
  EXPECT_TRUE(options.stop.stop_requested());
}

TEST(RetryOptions, LetsTheCallOverrideIt) {
  v1::RetryConfig retries;
  retries.set_strategy(v1::RetryConfig::NONE);
  retries.set_max_attempts(9);
  const RetryOptions options =
      MakeRetryOptions(Config(), Rpc::kCreateAuthCode, &retries, kNow, kNow + 1s, {});
  EXPECT_FALSE(options.policy.enabled);
  EXPECT_EQ(options.policy.max_attempts, 9);
  EXPECT_EQ(options.policy.initial_interval, Config().initial_interval);
}

TEST(RetryOptions, RepeatsAnExchangeAsTheSettingSays) {
  Config config;
  const auto options_of = [&](Rpc rpc) {
    return MakeRetryOptions(config, rpc, nullptr, kNow, kNow + 1s, {});
  };
  EXPECT_EQ(options_of(Rpc::kCreateAuthCode).repeat, Repeat::kHarmless);
  EXPECT_EQ(options_of(Rpc::kCreateAuthCode).classify, &ClassifyCreate);
  EXPECT_EQ(options_of(Rpc::kExchangeAuthCode).repeat, Repeat::kOneRecovery);
  EXPECT_EQ(options_of(Rpc::kExchangeAuthCode).classify, &ClassifyExchange);
  config.exchange_recovery = ExchangeRecovery::kNever;
  EXPECT_EQ(options_of(Rpc::kExchangeAuthCode).repeat, Repeat::kOnlyUnsent);
  EXPECT_EQ(options_of(Rpc::kCreateAuthCode).repeat, Repeat::kHarmless);
}

}  // namespace
}  // namespace modelgates::gateway
