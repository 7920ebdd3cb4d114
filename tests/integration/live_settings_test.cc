#include <chrono>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// A gateway whose live settings change while it serves.
class LiveSettingsFlow : public GatewayTest {
 protected:
  // As SIGHUP does after it has read config_.
  void Take() { server().TakeSettings({.config = config_}); }

  void BreakUpstream() {
    upstream_.SetDefault(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  }
  size_t AttemptsOfACreate() {
    const size_t before = upstream_.Requests().size();
    EXPECT_THAT(Create(), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
    return upstream_.Requests().size() - before;
  }
};

TEST_F(LiveSettingsFlow, RetriesFollowTheNewPolicy) {
  BreakUpstream();
  config_.max_attempts = 3;
  EXPECT_EQ(AttemptsOfACreate(), 3u);
  config_.max_attempts = 1;
  Take();
  EXPECT_EQ(AttemptsOfACreate(), 1u);
}

TEST_F(LiveSettingsFlow, TheRetryBudgetIsSwitchedOff) {
  BreakUpstream();
  config_.breaker = false;
  config_.retry_budget_percent = 0;
  config_.retry_budget_min_rate = 1;
  config_.max_attempts = 10;
  EXPECT_EQ(AttemptsOfACreate(), 10u);
  EXPECT_LT(AttemptsOfACreate(), 10u) << "the budget is empty";
  config_.retry_budget = false;
  Take();
  EXPECT_EQ(AttemptsOfACreate(), 10u);
}

TEST_F(LiveSettingsFlow, TheBreakerIsSwitchedOff) {
  BreakUpstream();
  config_.max_attempts = 1;
  config_.breaker_min_attempts = 2;
  config_.breaker_probe_interval = std::chrono::minutes(1);
  AttemptsOfACreate();
  AttemptsOfACreate();
  EXPECT_THAT(Create(), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_CIRCUIT_OPEN"));
  config_.breaker = false;
  Take();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(AttemptsOfACreate(), 1u);
}

TEST_F(LiveSettingsFlow, MoreCallsAreAdmitted) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(1'000)));
  config_.max_concurrent_calls = 1;
  const auto first = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  EXPECT_THAT(Create(), FailsWith(grpc::UNAVAILABLE, "GATEWAY_OVERLOADED"));
  config_.max_concurrent_calls = 2;
  Take();
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(first->Wait(), Succeeds()) << "what runs goes on";
}

TEST_F(LiveSettingsFlow, MoreExchangesRun) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(1'000)));
  config_.max_exchanges = 1;
  const auto first = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  EXPECT_THAT(Exchange("code-2"), FailsWith(grpc::UNAVAILABLE, "GATEWAY_OVERLOADED"));
  config_.max_exchanges = 2;
  Take();
  EXPECT_THAT(Exchange("code-2"), Succeeds());
  EXPECT_THAT(first->Wait(), Succeeds());
}

TEST_F(LiveSettingsFlow, TheLogFollowsItsLevel) {
  Create();
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  config_.log_level = Severity::kError;
  Take();
  Create();
  EXPECT_EQ(log_.Lines("call").size(), 1u);
}

TEST_F(LiveSettingsFlow, TheLogHasAShareOfTheCreatesThatSucceed) {
  config_.log_create_success_percent = 25;
  for (int i = 0; i < 6; ++i) Create();
  Exchange("code-1");  // always has its line
  ASSERT_TRUE(log_.WaitForLines("call", 2));
  config_.log_create_success_percent = 100;
  Take();
  Create();
  ASSERT_TRUE(log_.WaitForLines("call", 3));
  const auto lines = log_.Lines("call");
  EXPECT_EQ(lines[0]["count"], 4);
  EXPECT_EQ(lines[1]["rpc"], "ExchangeAuthCode");
  EXPECT_EQ(lines[2]["count"], 3) << "nothing is left out without being counted";
}

// Given settings of which one is wrong, then none is used, and each error is said.
TEST_F(LiveSettingsFlow, NothingChangesWhenOneIsWrong) {
  BreakUpstream();
  config_.max_attempts = 2;
  EXPECT_EQ(AttemptsOfACreate(), 2u);
  config_.max_attempts = 1;
  server().TakeSettings({.errors = {"--a is wrong", "--b is wrong"}, .config = config_});
  EXPECT_EQ(AttemptsOfACreate(), 2u);
  const auto failed = log_.Lines("reload_failed");
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_EQ(failed[0]["setting"], "flagfile");
  EXPECT_EQ(failed[0]["error"], "--a is wrong");
  EXPECT_EQ(failed[1]["error"], "--b is wrong");
}

}  // namespace
}  // namespace modelgates::gateway
