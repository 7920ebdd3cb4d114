#include "integration/gateway_fixture.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
namespace v1 = modelgates::oauth::v1;

class DeadlineFlow : public GatewayTest {
 protected:
  // A client's own clock may end a call before our answer is there; then it has no details.
  template <class Call>
  CallEnd UntilTyped(const Call& call) {
    constexpr int kTries = 100;
    CallEnd end;
    for (int i = 0; i < kTries; ++i) {
      end = call();
      if (!end.status.error_details().empty()) break;
    }
    return end;
  }
};

// The answer of the gateway, with its details, comes before the client gives up by itself.
TEST_F(DeadlineFlow, IsAnsweredBeforeTheClientGivesUp) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  const CallSettings two_seconds{.deadline = milliseconds(2000)};
  auto create = client().StartCreate(MinimalCreate(), two_seconds);
  auto exchange = client().StartExchange(MinimalExchange("code-1"), two_seconds);

  const CallEnd created = create->Wait();
  EXPECT_THAT(created, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_EQ(ErrorOf(created).Metadata("stopReason"), "deadline");
  EXPECT_EQ(ErrorOf(created).Metadata("retryable"), "false");

  const CallEnd exchanged = exchange->Wait();
  EXPECT_THAT(exchanged, FailsWith(grpc::DEADLINE_EXCEEDED, "EXCHANGE_IN_PROGRESS"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "IN_FLIGHT");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("retryable"), "true");
  EXPECT_GT(ErrorOf(exchanged).RetryMilliseconds(), 0);
}

TEST_F(DeadlineFlow, ThatIsTooShortSendsNothing) {
  ASSERT_THAT(Create(), Succeeds());  // connected
  const size_t before = upstream_.Requests().size();
  const CallSettings short_one{.deadline = milliseconds(95)};
  const CallEnd created =
      UntilTyped([&] { return CallEnd(client().Create(MinimalCreate(), short_one)); });
  EXPECT_THAT(created, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_TOO_SHORT"));
  ExpectEnvelope(created, "CreateAuthCode");
  const CallEnd exchanged =
      UntilTyped([&] { return CallEnd(client().Exchange(MinimalExchange("code-1"), short_one)); });
  EXPECT_THAT(exchanged, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_TOO_SHORT"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(upstream_.Requests().size(), before);
}

// Callers without a deadline get the default one.
TEST_F(DeadlineFlow, HasADefault) {
  config_.default_deadline = milliseconds(300);
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  const CallSettings none{.deadline = std::nullopt};
  const auto created = client().Create(MinimalCreate(), none);
  EXPECT_THAT(created, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_EQ(ErrorOf(created).upstream->attempt_log(0).failure(), "timeout");
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

TEST_F(DeadlineFlow, HasAMost) {
  config_.max_deadline = milliseconds(300);
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  EXPECT_THAT(Create(), FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
}

// Given an exchange that the upstream answers later than its caller waits, when the caller repeats
// the identical call, then it gets the key of that one request.
TEST_F(DeadlineFlow, LeavesTheKeyToTheRepeat) {
  config_.max_deadline = milliseconds(300);
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(1000)));
  const auto first = Exchange("code-1");
  EXPECT_THAT(first, FailsWith(grpc::DEADLINE_EXCEEDED, "EXCHANGE_IN_PROGRESS"));
  ExpectEnvelope(first, "ExchangeAuthCode");

  auto again = Exchange("code-1");
  while (!again.ok() && ErrorOf(again).info.reason() == "EXCHANGE_IN_PROGRESS") {
    again = Exchange("code-1");
  }
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), "sk-user-1");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// A repeat that comes while the first is under way joins it.
TEST_F(DeadlineFlow, LetsTheRepeatJoin) {
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  auto first = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  auto second = client().StartExchange(MinimalExchange("code-1"));
  const auto first_end = first->Wait();
  const auto second_end = second->Wait();
  ASSERT_THAT(first_end, Succeeds());
  ASSERT_THAT(second_end, Succeeds());
  EXPECT_EQ(first_end.reply.key(), second_end.reply.key());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// An exchange of which not a byte was sent is not in progress: the code is unspent.
TEST_F(DeadlineFlow, BeforeAnExchangeWasSentSaysSo) {
  TestCertificate certificate("127.0.0.1");
  FakeUpstream silent({.tls = certificate.server_context()});
  silent.EnqueueConnection(OnAccept::kIgnore);
  config_.upstream = silent.url() + "/api/v1";
  config_.upstream_ca_file = certificate.ca_file();
  config_.connect_timeout = std::chrono::seconds(30);
  config_.max_deadline = milliseconds(400);
  const auto exchanged = Exchange("code-1");
  EXPECT_THAT(exchanged, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNSENT");
}

// The attempt's bound is a create's; an exchange waits on, to its cap.
TEST_F(DeadlineFlow, OfAnAttemptDoesNotEndAnExchange) {
  config_.attempt_timeout = milliseconds(100);
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(600)));
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
