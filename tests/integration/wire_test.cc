#include "integration/gateway_fixture.h"
#include "support/http_get.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
namespace v1 = modelgates::oauth::v1;

class WireFlow : public GatewayTest {
 protected:
  static v1::CreateAuthCodeRequest CreateOnce() {
    v1::CreateAuthCodeRequest request = MinimalCreate();
    request.mutable_retries()->set_strategy(v1::RetryConfig::NONE);
    return request;
  }

  // Leaves one connection behind that waits for its next request.
  void WarmUp() {
    ASSERT_THAT(Create(), Succeeds());
    ASSERT_EQ(upstream_.connections(), 1);
  }

  // Bodies that arrived after the first request.
  std::vector<std::string> BodiesAfterTheFirst() {
    std::vector<std::string> bodies;
    for (const ReceivedRequest& request : upstream_.Requests()) bodies.push_back(request.body);
    if (!bodies.empty()) bodies.erase(bodies.begin());
    return bodies;
  }
};

TEST_F(WireFlow, UsesOneConnectionForCallsInTurn) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(Create(), Succeeds());
    ASSERT_THAT(Exchange("code-" + std::to_string(i)), Succeeds());
  }
  EXPECT_EQ(upstream_.connections(), 1);
  EXPECT_EQ(upstream_.Requests().size(), 10u);
}

// Given a warm connection, and an upstream that hangs up once it has read the request, when an auth
// code is exchanged without recovery, then it is sent once and never again.
TEST_F(WireFlow, DoesNotResendACodeTheUpstreamMayHaveSeen) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  WarmUp();
  upstream_.Enqueue(Answer().ThenClose());
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
  // It went out on the warm connection, after which a careless client sends again.
  EXPECT_EQ(upstream_.Requests().back().connection, 1);
}

TEST_F(WireFlow, DoesNotResendACodeAfterAResetEither) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  WarmUp();
  upstream_.Enqueue(Answer().ThenReset());
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
  EXPECT_EQ(upstream_.Requests().back().connection, 1);
}

// The recovery is one body more, on a connection of its own.
TEST_F(WireFlow, SendsTheRecoveryOfAnExchangeOnce) {
  WarmUp();
  upstream_.Enqueue(Answer().ThenClose());
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 2u);
  EXPECT_EQ(upstream_.Requests().back().connection, 2);
}

// One attempt is one body on the wire; the second is a decision of ours and in the log.
TEST_F(WireFlow, SendsEachAttemptOfACreateOnce) {
  WarmUp();
  upstream_.Enqueue(Answer().ThenClose());
  const auto once = client().Create(CreateOnce());
  EXPECT_THAT(once, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_RESET"));
  EXPECT_EQ(BodiesAfterTheFirst().size(), 1u);
  EXPECT_EQ(upstream_.Requests().back().connection, 1);

  upstream_.Enqueue(Answer().ThenClose());
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_EQ(BodiesAfterTheFirst().size(), 3u);
}

// A connection that ended while it was idle costs nothing: nothing was sent on it.
TEST_F(WireFlow, TakesAFreshConnectionWhenTheIdleOneEnded) {
  config_.admin_listen = "127.0.0.1:0";
  const auto all_connections_are_gone = [&] {
    return HttpGet(server().admin_address(), "/metrics")
               .body.find("\noauth_gateway_upstream_connections 0") != std::string::npos;
  };
  for (const OnIdle what : {OnIdle::kClose, OnIdle::kReset, OnIdle::kSpeak}) {
    ASSERT_THAT(Create(), Succeeds());
    const size_t before = upstream_.Requests().size();
    const int connections = upstream_.connections();
    upstream_.ToIdleConnections(what);
    for (int polls = 0; polls < 10'000 && !all_connections_are_gone(); ++polls) {
    }
    ASSERT_TRUE(all_connections_are_gone());
    v1::ExchangeAuthCodeRequest request = MinimalExchange("code-" + std::to_string(before));
    request.mutable_retries()->set_strategy(v1::RetryConfig::NONE);
    EXPECT_THAT(client().Exchange(request), Succeeds());
    EXPECT_EQ(upstream_.Requests().size(), before + 1);
    EXPECT_EQ(upstream_.connections(), connections + 1);
  }
}

TEST_F(WireFlow, DoesNotReuseAConnectionThatTheUpstreamCloses) {
  upstream_.Enqueue(Answer::Json(200, kCreatedBody, {{"Connection", "close"}}).ThenClose());
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(upstream_.Requests().size(), 2u);
  EXPECT_EQ(upstream_.connections(), 2);
}

// Two calls at once never share a connection: what one is answered never reaches the other.
TEST_F(WireFlow, KeepsAnswersApart) {
  upstream_.Enqueue(kExchangePath,
                    Answer::Json(200, R"({"key":"key-a"})").Delayed(milliseconds(300)));
  auto first = client().StartExchange(MinimalExchange("code-a"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  upstream_.Enqueue(kExchangePath, Answer::Json(200, R"({"key":"key-b"})"));
  const auto second = Exchange("code-b");
  ASSERT_THAT(second, Succeeds());
  EXPECT_EQ(second.reply.key(), "key-b");
  EXPECT_EQ(first->Wait().reply.key(), "key-a");
}

}  // namespace
}  // namespace modelgates::gateway
