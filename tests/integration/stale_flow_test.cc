#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// Given a connection that has carried a request before and that the upstream closes just as the
// next one is written. A wait between attempts is longer than any test's patience, so whoever gets
// an answer did not wait.
class StaleFlow : public GatewayTest {
 protected:
  StaleFlow() {
    config_.initial_interval = std::chrono::minutes(5);
    config_.max_interval = std::chrono::minutes(5);
  }

  // Leaves connections behind that wait for their next request.
  void WarmUp(int connections) {
    const Answer created = Answer::Json(200, kCreatedBody);
    const milliseconds together(connections > 1 ? 200 : 0);
    for (int i = 0; i < connections; ++i) upstream_.Enqueue(created.Delayed(together));
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
    for (int i = 0; i < connections; ++i) calls.push_back(client().StartCreate(MinimalCreate()));
    for (const auto& call : calls) ASSERT_THAT(call->Wait(), Succeeds());
    warm_requests_ = upstream_.Requests().size();
    warm_connections_ = upstream_.connections();
  }

  size_t RequestsSince() const { return upstream_.Requests().size() - warm_requests_; }

  size_t warm_requests_ = 0;
  int warm_connections_ = 0;
};

TEST_F(StaleFlow, CostsACreateNeitherItsAnswerNorAWait) {
  const Answer stale[] = {
      Answer().ReadingOnly(0).ThenClose(),
      Answer().ReadingOnly(0).ThenReset(),
      Answer().ThenHalfClose(),
  };
  for (const Answer& answer : stale) {
    WarmUp(1);
    upstream_.Enqueue(answer);
    ASSERT_THAT(Create(), Succeeds());
    EXPECT_EQ(RequestsSince(), 2u);
    EXPECT_EQ(upstream_.Requests().back().connection, warm_connections_ + 1);
  }
}

// The others may be as dead as the first one: the repeat goes out on a new connection.
TEST_F(StaleFlow, TrustsNoOtherConnectionThatWaited) {
  WarmUp(5);
  upstream_.Enqueue(Answer().ThenClose());
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_EQ(RequestsSince(), 2u);
  EXPECT_EQ(upstream_.Requests().back().connection, warm_connections_ + 1);
}

// The second loss is the upstream's own doing: that is what waits are for.
TEST_F(StaleFlow, IsTriedAgainAtOnceNoMoreThanOnce) {
  WarmUp(1);
  upstream_.SetDefault(kCreatePath, Answer().ThenClose());
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_RESET"));
  EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "deadline");
  EXPECT_EQ(ErrorOf(created).Metadata("attempts"), "2");
  EXPECT_EQ(RequestsSince(), 2u);
}

TEST_F(StaleFlow, IsNotTriedAgainWhenTheCallSaysSo) {
  WarmUp(1);
  upstream_.Enqueue(Answer().ThenClose());
  auto request = MinimalCreate();
  request.mutable_retries()->set_strategy(oauth::v1::RetryConfig::NONE);
  EXPECT_THAT(client().Create(request), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_RESET"));
  EXPECT_EQ(RequestsSince(), 1u);
}

// An exchange's bytes were offered to the kernel: they may have been read. So it is a recovery like
// any other, with its wait, or nothing.
TEST_F(StaleFlow, IsNoReasonToRepeatAnExchangeAtOnce) {
  for (const Answer& answer : {Answer().ReadingOnly(0).ThenClose(), Answer().ThenReset()}) {
    WarmUp(1);
    upstream_.Enqueue(answer);
    EXPECT_THAT(Exchange("code-" + std::to_string(warm_requests_)),
                FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
    EXPECT_EQ(RequestsSince(), 1u);
  }
}

}  // namespace
}  // namespace modelgates::gateway
