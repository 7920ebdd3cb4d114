#include <set>

#include "integration/gateway_fixture.h"
#include "support/metric_value.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// An upstream that accepts and does not answer: what its callers leave behind is bounded.
class ExchangeBoundFlow : public GatewayTest {
 protected:
  static constexpr size_t kBound = 20;
  static constexpr size_t kCallers = 150;

  ExchangeBoundFlow() {
    config_.admin_listen = "127.0.0.1:0";
    config_.max_concurrent_calls = 400;
    config_.max_exchanges = static_cast<int>(kBound);
    config_.exchange_recovery = ExchangeRecovery::kNever;
    config_.breaker = false;
    upstream_.SetDefault(kCreatePath, Answer::Hang());
    upstream_.SetDefault(kExchangePath, Answer::Hang());
  }

  // Which codes have reached the upstream.
  std::set<std::string> CodesSent() {
    std::set<std::string> bodies;
    for (const ReceivedRequest& request : upstream_.Requests()) {
      if (request.target.ends_with("/auth/keys")) bodies.insert(request.body);
    }
    return bodies;
  }

  bool WaitForExchanges(double count) {
    return WaitForMetric(server().admin_address(), "oauth_gateway_exchanges_in_flight", count);
  }

  void ExpectRefusedUnsent(const Called<GatewayClient::ExchangeReply>& call) {
    ExpectEnvelope(call, "ExchangeAuthCode");
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("authCodeState"), "UNSENT");
    EXPECT_EQ(error.Metadata("retryable"), "true");
    EXPECT_EQ(error.Metadata("attempts"), "0");
    EXPECT_GT(error.RetryMilliseconds(), 0);
  }
};

// When callers give every exchange 0.3 s, cancel it, or lose their connection, with creates in
// between, then no more codes are sent than exchanges may be under way; all others are told so.
TEST_F(ExchangeBoundFlow, HoldsWhenCallersLeaveWhatTheySent) {
  constexpr int kWaves = 3;
  const CallSettings in_a_hurry{.deadline = milliseconds(300)};
  size_t in_progress = 0;
  size_t refused = 0;
  for (int wave = 0; wave < kWaves; ++wave) {
    GatewayClient lost(server().grpc_address());
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> exchanges;
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> left;
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> creates;
    for (size_t i = 0; i < kCallers; ++i) {
      const auto request =
          MinimalExchange("code-" + std::to_string(wave) + "-" + std::to_string(i));
      if (i % 10 == 9) {
        left.push_back((i % 20 == 9 ? client() : lost).StartExchange(request));
      } else {
        exchanges.push_back(client().StartExchange(request, in_a_hurry));
      }
      if (i % 5 == 0) creates.push_back(client().StartCreate(MinimalCreate(), in_a_hurry));
    }
    for (const auto& call : left) call->Cancel();
    for (const auto& call : exchanges) {
      const auto called = call->Wait();
      const std::string reason = ErrorOf(called).info.reason();
      if (reason == "GATEWAY_OVERLOADED") {
        ++refused;
        ExpectRefusedUnsent(called);
      } else if (reason == "EXCHANGE_IN_PROGRESS") {
        ++in_progress;
      } else {
        EXPECT_EQ(called.status.error_code(), grpc::DEADLINE_EXCEEDED);
      }
    }
    for (const auto& call : left) call->Wait();
    for (const auto& call : creates) EXPECT_FALSE(call->Wait().ok());
    EXPECT_LE(CodesSent().size(), kBound) << "wave " << wave;
  }
  EXPECT_TRUE(WaitForExchanges(kBound));
  EXPECT_EQ(CodesSent().size(), kBound);
  EXPECT_GT(refused, kCallers);
  EXPECT_LE(in_progress, kBound);
  // Those of the creates are closed with their calls.
  EXPECT_TRUE(upstream_.WaitForOpenConnections(static_cast<int>(kBound)));
  // Others are served: creates at once, ...
  AnswerBoth(upstream_);
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(Exchange("one-more"), FailsWith(grpc::UNAVAILABLE, "GATEWAY_OVERLOADED"));
}

// ... and exchanges once those that nobody waits for have reached their cap.
TEST_F(ExchangeBoundFlow, GivesRoomAgainAtTheCap) {
  config_.exchange_cap = milliseconds(1000);
  std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  for (size_t i = 0; i < kBound; ++i) {
    calls.push_back(client().StartExchange(MinimalExchange("code-" + std::to_string(i)),
                                           {.deadline = milliseconds(300)}));
  }
  for (const auto& call : calls) EXPECT_FALSE(call->Wait().ok());
  EXPECT_TRUE(WaitForExchanges(0));
  AnswerBoth(upstream_);
  EXPECT_THAT(Exchange("one-more"), Succeeds());
}

TEST_F(ExchangeBoundFlow, CountsOnceOnlyCallsAndNoJoins) {
  config_.max_exchanges = 1;
  const CallSettings once{.metadata = {{"x-modelgates-exchange", "once-only"}}};
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  auto running = client().StartExchange(MinimalExchange("code-1"), once);
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  ExpectRefusedUnsent(Exchange("code-2"));
  ExpectRefusedUnsent(client().Exchange(MinimalExchange("code-3"), once));
  EXPECT_THAT(running->Wait(), Succeeds());

  auto first = client().StartExchange(MinimalExchange("code-4"));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  auto joined = client().StartExchange(MinimalExchange("code-4"));
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_THAT(joined->Wait(), Succeeds());
  EXPECT_EQ(CodesSent().size(), 2u);
}

}  // namespace
}  // namespace modelgates::gateway
