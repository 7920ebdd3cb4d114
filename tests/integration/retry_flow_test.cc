#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace v1 = modelgates::oauth::v1;

class RetryFlow : public GatewayTest {
 protected:
  static Answer Unavailable(const Answer::Fields& fields = {}) {
    return Answer::Json(503, ErrorBody(503, "later"), fields);
  }

  size_t Creates() const { return upstream_.CountRequests(kCreatePath); }
  size_t Exchanges() const { return upstream_.CountRequests(kExchangePath); }

  std::vector<int> AttemptStatuses(const CallEnd& call) {
    std::vector<int> statuses;
    const TypedError error = ErrorOf(call);
    if (!error.upstream) return statuses;
    for (const v1::Attempt& attempt : error.upstream->attempt_log()) {
      statuses.push_back(attempt.http_status());
    }
    return statuses;
  }
};

TEST_F(RetryFlow, TriesACreateUntilItSucceeds) {
  upstream_.Enqueue(Unavailable());
  upstream_.Enqueue(Answer().ThenReset());
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), "auth-code-1");
  EXPECT_EQ(Creates(), 3u);
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  EXPECT_EQ(requests[0].body, requests[2].body);
  EXPECT_EQ(requests[0].head, requests[2].head);

  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call").front()["attempts"], 3);
  EXPECT_EQ(log_.Lines("attempt").size(), 2u);
}

TEST_F(RetryFlow, EndsWithTheLastAnswerAndTheLogOfAll) {
  config_.max_attempts = 3;
  upstream_.Enqueue(Unavailable());
  upstream_.Enqueue(Answer::Json(500, ErrorBody(500, "broken")));
  upstream_.Enqueue(Answer::Json(409, ErrorBody(409, "twice")));
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::ABORTED, "CONFLICT"));
  EXPECT_THAT(AttemptStatuses(created), testing::ElementsAre(503, 500, 409));
  EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "not_retryable");
  const TypedError error = ErrorOf(created);
  const auto& log = error.upstream->attempt_log();
  const auto nanos = [](const google::protobuf::Duration& duration) {
    return duration.seconds() * 1'000'000'000 + duration.nanos();
  };
  for (int i = 1; i < log.size(); ++i) {
    EXPECT_GE(nanos(log[i].started()), nanos(log[i - 1].started()) + nanos(log[i - 1].elapsed()));
  }
}

// The interval of this gateway is longer than the test's patience, so whoever gets an answer waited
// for what the upstream asked for.
TEST_F(RetryFlow, WaitsAsLongAsTheUpstreamAsks) {
  config_.initial_interval = std::chrono::minutes(1);
  config_.max_interval = std::chrono::minutes(1);
  upstream_.Enqueue(kCreatePath, Unavailable({{"retry-after-ms", "300"}, {"Retry-After", "3000"}}));
  upstream_.Enqueue(kExchangePath, Unavailable({{"Retry-After", "0.3"}}));
  const auto before = steady_clock::now();
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_GE(steady_clock::now() - before, milliseconds(600));
  EXPECT_EQ(Creates(), 2u);
  EXPECT_EQ(Exchanges(), 2u);
}

TEST_F(RetryFlow, WaitsUntilADate) {
  config_.initial_interval = std::chrono::minutes(1);
  config_.max_interval = std::chrono::minutes(1);
  upstream_.Enqueue(Unavailable({{"Date", "Mon, 04 May 2026 03:02:01 GMT"},
                                 {"Retry-After", "Mon, 04 May 2026 03:02:02 GMT"}}));
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_EQ(Creates(), 2u);
}

// A 503 with a wait is the upstream's own word that it did nothing; without one it is not, and the
// second request is a recovery.
TEST_F(RetryFlow, TriesAnExchangeOnlyWhenItWasNotUsed) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  upstream_.Enqueue(Unavailable({{"retry-after-ms", "10"}}));
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(Exchanges(), 2u);

  upstream_.Enqueue(Unavailable());
  EXPECT_THAT(Exchange("code-2"), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  EXPECT_EQ(Exchanges(), 3u);
}

TEST_F(RetryFlow, ObeysACallThatTurnsItOff) {
  v1::CreateAuthCodeRequest create = MinimalCreate();
  create.mutable_retries()->set_strategy(v1::RetryConfig::NONE);
  upstream_.Enqueue(Unavailable());
  const auto created = client().Create(create);
  EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "retries_off");
  EXPECT_EQ(Creates(), 1u);

  v1::ExchangeAuthCodeRequest exchange = MinimalExchange("code-1");
  exchange.mutable_retries()->set_strategy(v1::RetryConfig::NONE);
  upstream_.Enqueue(Unavailable({{"retry-after-ms", "10"}}));
  const auto exchanged = client().Exchange(exchange);
  EXPECT_THAT(exchanged, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  // With retries off it is the caller who may wait.
  EXPECT_EQ(ErrorOf(exchanged).Metadata("stopReason"), "retries_off");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("retryable"), "true");
  EXPECT_EQ(exchanged.Trailer("grpc-retry-pushback-ms"), "10");
  EXPECT_EQ(Exchanges(), 1u);
}

TEST_F(RetryFlow, ObeysACallsNumberOfAttempts) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.mutable_retries()->set_max_attempts(6);
  upstream_.SetDefault(kCreatePath, Unavailable());
  EXPECT_FALSE(client().Create(request).ok());
  EXPECT_EQ(Creates(), 6u);
}

// A call's statuses take the place of the default ones: 429 is tried again, 503 no longer.
TEST_F(RetryFlow, ObeysACallsStatuses) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.mutable_retries()->add_status_codes("429");
  upstream_.Enqueue(Answer::Json(429, ErrorBody(429, "slow down")));
  EXPECT_THAT(client().Create(request), Succeeds());
  EXPECT_EQ(Creates(), 2u);
  upstream_.Enqueue(Unavailable());
  EXPECT_THAT(client().Create(request), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  EXPECT_EQ(Creates(), 3u);

  // They cannot make an exchange unsafe.
  v1::ExchangeAuthCodeRequest exchange = MinimalExchange("code-1");
  exchange.mutable_retries()->add_status_codes("5XX");
  upstream_.Enqueue(Answer::Json(500, ErrorBody(500, "broken")));
  EXPECT_THAT(client().Exchange(exchange), FailsWith(grpc::INTERNAL, "INTERNAL_SERVER"));
  EXPECT_EQ(Exchanges(), 1u);
}

TEST_F(RetryFlow, ObeysACallThatDoesNotRetryConnectionErrors) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.mutable_retries()->set_retry_connection_errors(false);
  upstream_.Enqueue(Answer().ThenReset());
  EXPECT_THAT(client().Create(request), FailsWith(grpc::UNAVAILABLE, "UPSTREAM_RESET"));
  EXPECT_EQ(Creates(), 1u);
}

// Neither attempt nor wait goes beyond the deadline: the answer we have is given at once.
TEST_F(RetryFlow, DoesNotWaitBeyondTheDeadline) {
  config_.initial_interval = std::chrono::minutes(2);
  config_.max_interval = std::chrono::minutes(2);
  upstream_.SetDefault(kCreatePath, Unavailable());
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE"));
  EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "deadline");
  EXPECT_EQ(Creates(), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
