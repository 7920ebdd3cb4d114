#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

class CancellationFlow : public GatewayTest {};

// Given a create that waits for the upstream, when its caller cancels, then the upstream sees its
// connection end and nothing is tried again.
TEST_F(CancellationFlow, StopsACreate) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  auto create = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  create->Cancel();
  EXPECT_EQ(create->Wait().status.error_code(), grpc::CANCELLED);
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  EXPECT_EQ(upstream_.Requests().size(), 1u);
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call").front()["reason"], "CALLER_CANCELLED");
  EXPECT_EQ(log_.Lines("call").front()["grpc_code"], "CANCELLED");
}

TEST_F(CancellationFlow, StopsACreateBetweenAttempts) {
  config_.initial_interval = std::chrono::seconds(30);
  config_.max_interval = std::chrono::seconds(30);
  upstream_.SetDefault(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  auto create = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(log_.WaitForLines("attempt", 1));
  create->Cancel();
  EXPECT_EQ(create->Wait().status.error_code(), grpc::CANCELLED);
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call").front()["reason"], "CALLER_CANCELLED");
  EXPECT_EQ(upstream_.Requests().size(), 1u);
}

// Given an exchange whose code is on its way, when its caller cancels, then it goes on, and the
// repeat gets its key.
TEST_F(CancellationFlow, DoesNotStopAnExchangeThatWasSent) {
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  auto exchange = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  exchange->Cancel();
  EXPECT_EQ(exchange->Wait().status.error_code(), grpc::CANCELLED);
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call").front()["auth_code_state"], "IN_FLIGHT");

  const auto again = Exchange("code-1");
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), "sk-user-1");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// The same when the caller's whole connection is gone.
TEST_F(CancellationFlow, DoesNotStopAnExchangeWhoseCallerIsGone) {
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  {
    GatewayClient other(server().grpc_address());
    const auto left = other.StartExchange(MinimalExchange("code-1"));
    ASSERT_TRUE(upstream_.WaitForRequests(1));
  }
  const auto again = Exchange("code-1");
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), "sk-user-1");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// One of two callers that share an exchange leaves: the other gets the key.
TEST_F(CancellationFlow, OfOneCallerLeavesTheOther) {
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  auto stays = client().StartExchange(MinimalExchange("code-1"));
  auto leaves = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  leaves->Cancel();
  EXPECT_EQ(leaves->Wait().status.error_code(), grpc::CANCELLED);
  EXPECT_THAT(stays->Wait(), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// After any number of cancelled calls nothing is left and the gateway serves.
TEST_F(CancellationFlow, StormLeavesNothingBehind) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  constexpr int kCalls = 200;
  std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(client().StartCreate(MinimalCreate()));
    if (i % 3 == 0) calls.back()->Cancel();  // often before it has arrived
  }
  for (const auto& call : calls) call->Cancel();
  for (const auto& call : calls) {
    EXPECT_EQ(call->Wait().status.error_code(), grpc::CANCELLED);
  }
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  AnswerBoth(upstream_);
  EXPECT_THAT(Create(), Succeeds());
}

}  // namespace
}  // namespace modelgates::gateway
