#include <thread>

#include "integration/gateway_fixture.h"
#include "support/http_get.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr size_t kMinAttempts = 5;

// Given a gateway whose breaker opens at the fifth failure and probes when a test wants it to.
class OutageFlow : public GatewayTest {
 protected:
  OutageFlow() {
    config_.admin_listen = "127.0.0.1:0";
    config_.breaker_min_attempts = kMinAttempts;
    config_.breaker_probe_interval = std::chrono::minutes(1);
  }

  void BreakUpstream() { upstream_.SetDefault(kCreatePath, Unavailable()); }
  static Answer Unavailable() { return Answer::Json(503, ErrorBody(503, "later")); }

  // Calls until nothing goes through any more.
  void OpenBreaker() {
    BreakUpstream();
    while (upstream_.Requests().size() < kMinAttempts) Create();
    ASSERT_TRUE(log_.WaitForLines("breaker_opened", 1));
  }

  std::string Metrics() { return HttpGet(server().admin_address(), "/metrics").body; }
};

TEST_F(OutageFlow, RefusesCallsWithATypedError) {
  OpenBreaker();
  for (const bool create : {true, false}) {
    const CallEnd call = create ? CallEnd(Create()) : CallEnd(Exchange("code-1"));
    EXPECT_THAT(call, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_CIRCUIT_OPEN"));
    ExpectEnvelope(call, create ? "CreateAuthCode" : "ExchangeAuthCode");
    const TypedError error = ErrorOf(call);
    EXPECT_THAT(error.types,
                testing::ElementsAre("ErrorInfo", "RetryInfo", "RequestInfo", "LocalizedMessage"));
    EXPECT_EQ(error.Metadata("origin"), "gateway");
    EXPECT_EQ(error.Metadata("attempts"), "0");
    EXPECT_EQ(error.Metadata("retryable"), "true");
    EXPECT_EQ(error.Metadata("stopReason"), "breaker_open");
    EXPECT_EQ(error.Metadata("lastFailure"), "UPSTREAM_UNAVAILABLE");
    EXPECT_EQ(error.Metadata("authCodeState"), create ? "" : "UNSENT");
    EXPECT_GT(error.RetryMilliseconds(), 1'000);
    EXPECT_LE(error.RetryMilliseconds(), 72'000);
    EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), std::to_string(error.RetryMilliseconds()));
  }
  EXPECT_EQ(upstream_.Requests().size(), kMinAttempts);
}

TEST_F(OutageFlow, TellsOperators) {
  ASSERT_THAT(Metrics(), HasSubstr("oauth_gateway_breaker_state 0\n"));
  OpenBreaker();
  EXPECT_THAT(Metrics(), HasSubstr("oauth_gateway_breaker_state 2\n"));
  const auto opened = log_.Lines("breaker_opened");
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0]["severity"], "WARNING");
  EXPECT_EQ(opened[0]["attempts"], kMinAttempts);
  EXPECT_EQ(opened[0]["failures"], kMinAttempts);
  EXPECT_EQ(opened[0]["reason"], "UPSTREAM_UNAVAILABLE");
}

// The call whose own failure opens the breaker ends with that failure, at once.
TEST_F(OutageFlow, EndsARetryThatWouldBeRefused) {
  config_.breaker_min_attempts = 2;
  BreakUpstream();
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  ExpectEnvelope(created, "CreateAuthCode");
  const TypedError error = ErrorOf(created);
  EXPECT_EQ(error.Metadata("stopReason"), "breaker_open");
  EXPECT_EQ(error.Metadata("attempts"), "2");
  EXPECT_EQ(error.Metadata("retryable"), "true");
  EXPECT_EQ(error.Metadata("lastFailure"), "");
  EXPECT_EQ(error.upstream->attempt_log_size(), 2);
  EXPECT_GT(error.RetryMilliseconds(), 0);
  EXPECT_EQ(created.Trailer("grpc-retry-pushback-ms"), std::to_string(error.RetryMilliseconds()));
}

TEST_F(OutageFlow, RecoversWithTheUpstream) {
  config_.breaker_probe_interval = milliseconds(100);
  OpenBreaker();
  // An exchange that was refused has left no memory behind.
  EXPECT_FALSE(Exchange("code-1").ok());
  AnswerBoth(upstream_);
  const auto end = steady_clock::now() + std::chrono::seconds(20);
  while (log_.Lines("breaker_closed").empty() && steady_clock::now() < end) {
    const auto created = Create();
    if (created.ok()) continue;
    ASSERT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_CIRCUIT_OPEN"));
    std::this_thread::sleep_for(milliseconds(ErrorOf(created).RetryMilliseconds()));
  }
  ASSERT_EQ(log_.Lines("breaker_closed").size(), 1u);
  EXPECT_GE(log_.Lines("breaker_closed")[0]["refused"], 1);
  EXPECT_THAT(Metrics(), HasSubstr("oauth_gateway_breaker_state 0\n"));
  for (size_t i = 0; i < 2 * kMinAttempts; ++i) EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(Exchange("code-1"), Succeeds());
}

TEST_F(OutageFlow, CallersInAHurryOpenNothing) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
  for (size_t i = 0; i < 2 * kMinAttempts; ++i) {
    calls.push_back(client().StartCreate(MinimalCreate(), {.deadline = milliseconds(300)}));
  }
  for (const auto& call : calls)
    EXPECT_EQ(call->Wait().status.error_code(), grpc::DEADLINE_EXCEEDED);
  AnswerBoth(upstream_);
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_TRUE(log_.Lines("breaker_opened").empty());
}

// Ten tokens to begin with, and no more: three retries a call are used up by the fourth.
TEST_F(OutageFlow, EndsWithTheLastAnswerWhenTheBudgetIsSpent) {
  config_.breaker = false;
  config_.retry_budget_percent = 0;
  config_.retry_budget_min_rate = 0;
  BreakUpstream();
  for (const int attempts : {4, 4, 4, 2, 1}) {
    const auto created = Create();
    EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
    ExpectEnvelope(created, "CreateAuthCode");
    const TypedError error = ErrorOf(created);
    EXPECT_EQ(error.Metadata("stopReason"),
              attempts == 4 ? "attempts_exhausted" : "budget_exhausted");
    EXPECT_EQ(error.Metadata("attempts"), std::to_string(attempts));
    EXPECT_EQ(error.upstream->attempt_log_size(), attempts);
    EXPECT_EQ(error.Metadata("retryable"), "false");
    EXPECT_EQ(created.Trailer("grpc-retry-pushback-ms"), "-1");
  }
  const std::string metrics = Metrics();
  EXPECT_THAT(metrics, HasSubstr("oauth_gateway_retry_budget_tokens 0\n"));
  EXPECT_THAT(metrics, testing::ContainsRegex("decision=\"budget_exhausted\".*} 2\n"));
}

TEST_F(OutageFlow, IsPassedOnWhenBothAreOff) {
  config_.breaker = false;
  config_.retry_budget = false;
  BreakUpstream();
  for (int i = 0; i < 10; ++i) {
    const auto created = Create();
    EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
    EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "attempts_exhausted");
  }
  EXPECT_EQ(upstream_.Requests().size(), 40u);
}

}  // namespace
}  // namespace modelgates::gateway
