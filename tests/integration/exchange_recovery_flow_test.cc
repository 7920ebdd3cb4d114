#include <set>

#include "integration/gateway_fixture.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"
#include "support/metric_value.h"

namespace modelgates::gateway {
namespace {

using sandbox::FaultAction;
using sandbox::FaultMoment;
using sandbox::FaultRule;
namespace v1 = modelgates::oauth::v1;
using std::chrono::milliseconds;

// Given an upstream with the real rules, which spends a code once, and answers that are lost.
class ExchangeRecoveryFlow : public GatewayTest {
 protected:
  ExchangeRecoveryFlow() {
    const absl::Status started = sandbox_.Start();
    if (!started.ok()) throw std::runtime_error(std::string(started.message()));
    config_.upstream = sandbox_.base_url();
    config_.admin_listen = "127.0.0.1:0";
  }

  v1::ExchangeAuthCodeRequest NewCode() {
    v1::CreateAuthCodeRequest request = MinimalCreate();
    request.set_code_challenge(sandbox::S256Challenge(kVerifier));
    request.set_code_challenge_method(v1::S256);
    const auto created = client().Create(request);
    EXPECT_THAT(created, Succeeds());
    return MinimalExchange(created.reply.data().id());
  }

  double Metric(const std::string& name) {
    return MetricValue(server().admin_address(), "oauth_gateway_" + name).value_or(-1);
  }

  sandbox::Sandbox sandbox_{sandbox::SandboxOptions{}};
};

struct LostAnswer {
  const char* name;
  FaultAction action;
  unsigned http_status;
};

class ExchangeAnswersLost : public ExchangeRecoveryFlow,
                            public testing::WithParamInterface<LostAnswer> {
 protected:
  void LoseTheNextAnswer(FaultMoment moment) {
    FaultRule rule{.path = "/auth/keys", .moment = moment, .action = GetParam().action};
    if (GetParam().http_status != 0) rule.http_status = GetParam().http_status;
    sandbox_.faults().Add({rule});
  }
};

// The recovery is told that the code is spent; the caller is told the truth, now and again.
TEST_P(ExchangeAnswersLost, AfterTheCodeWasSpentAreAnUnknownOutcomeAndNeverForbidden) {
  const auto request = NewCode();
  LoseTheNextAnswer(FaultMoment::kAfterWork);
  const auto exchanged = client().Exchange(request);
  ASSERT_THAT(exchanged, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNKNOWN");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("attempts"), "2");
  EXPECT_EQ(sandbox_.Counts().double_uses, 1u);
  for (int i = 0; i < 3; ++i) {
    const auto again = client().Exchange(request);
    EXPECT_THAT(again, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
    EXPECT_EQ(ErrorOf(again).Metadata("authCodeState"), "UNKNOWN");
    EXPECT_EQ(again.Trailer("x-modelgates-replayed"), "true");
  }
  EXPECT_EQ(sandbox_.Counts().double_uses, 1u);
  EXPECT_EQ(Metric("exchange_outcome_unknown_total"), 1);
  EXPECT_EQ(Metric("exchanges{state=\"unknown\"}"), 1);
}

TEST_P(ExchangeAnswersLost, WithTheCodeUnspentAreRecovered) {
  const auto request = NewCode();
  LoseTheNextAnswer(FaultMoment::kBeforeWork);
  const auto exchanged = client().Exchange(request);
  ASSERT_THAT(exchanged, Succeeds());
  const auto again = client().Exchange(request);
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), exchanged.reply.key());
  EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
  EXPECT_EQ(sandbox_.Counts().keys_issued, 1u);
  EXPECT_EQ(Metric("exchange_outcome_unknown_total"), 0);
}

TEST_P(ExchangeAnswersLost, AreNotRecoveredInModeNever) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  const auto request = NewCode();
  LoseTheNextAnswer(FaultMoment::kAfterWork);
  const auto exchanged = client().Exchange(request);
  EXPECT_FALSE(exchanged.ok());
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNKNOWN");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("attempts"), "1");
  EXPECT_FALSE(client().Exchange(request).ok());
  EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
  EXPECT_EQ(Metric("resend_prevented_total"), 1);
}

INSTANTIATE_TEST_SUITE_P(, ExchangeAnswersLost,
                         testing::Values(LostAnswer{"Reset", FaultAction::kReset, 0},
                                         LostAnswer{"Closed", FaultAction::kClose, 0},
                                         LostAnswer{"TruncatedError", FaultAction::kTruncate, 502},
                                         LostAnswer{"S500", FaultAction::kStatus, 500},
                                         LostAnswer{"S502", FaultAction::kStatus, 502}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(ExchangeRecoveryFlow, NeverFollowsA200ThatBrokeOff) {
  const auto request = NewCode();
  sandbox_.faults().Add({{.path = "/auth/keys",
                          .moment = FaultMoment::kAfterWork,
                          .action = FaultAction::kTruncate}});
  const auto exchanged = client().Exchange(request);
  EXPECT_THAT(exchanged, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "SPENT");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("attempts"), "1");
  EXPECT_THAT(client().Exchange(request), FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
}

TEST_F(ExchangeRecoveryFlow, AHundredIdenticalCallsAreOneRequestAndOneKey) {
  const auto request = NewCode();
  sandbox_.faults().Add({{.path = "/auth/keys",
                          .moment = FaultMoment::kAfterWork,
                          .action = FaultAction::kDelay,
                          .delay = milliseconds(500)}});
  std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(client().StartExchange(request));
  std::set<std::string> keys;
  for (const auto& call : calls) {
    const auto end = call->Wait();
    EXPECT_THAT(end, Succeeds());
    keys.insert(end.reply.key());
  }
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(sandbox_.Counts().keys_issued, 1u);
  EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
}

// A caller that left while the answer was lost comes back to a key.
TEST_F(ExchangeRecoveryFlow, IsMadeForACallerThatLeft) {
  const auto request = NewCode();
  sandbox_.faults().Add(
      {{.path = "/auth/keys", .action = FaultAction::kReset, .delay = milliseconds(600)}});
  const CallSettings hurry{.deadline = milliseconds(300)};
  EXPECT_FALSE(client().Exchange(request, hurry).ok());
  EXPECT_THAT(client().Exchange(request), Succeeds());
  EXPECT_EQ(sandbox_.Counts().keys_issued, 1u);
}

// Another party that knows the code neither gets the key nor stands in its way.
TEST_F(ExchangeRecoveryFlow, AnotherVerifierIsJudgedByTheUpstreamAndDisturbsNothing) {
  const auto request = NewCode();
  const auto exchanged = client().Exchange(request);
  ASSERT_THAT(exchanged, Succeeds());
  auto other = request;
  other.set_code_verifier(std::string(kVerifier) + "-of-another");
  EXPECT_THAT(client().Exchange(other), FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  other.clear_code_verifier();
  EXPECT_FALSE(client().Exchange(other).ok());
  const auto again = client().Exchange(request);
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), exchanged.reply.key());
}

TEST_F(ExchangeRecoveryFlow, AnotherCredentialIsAnotherExchange) {
  config_.credential_mode = CredentialMode::kPassthrough;
  config_.upstream = upstream_.url() + "/api/v1";
  const CallSettings one{.metadata = {{"authorization", "Bearer one"}}};
  const CallSettings two{.metadata = {{"authorization", "Bearer two"}}};
  ASSERT_THAT(client().Exchange(MinimalExchange("code-1"), one), Succeeds());
  upstream_.SetDefault(kExchangePath, Answer::Json(403, ErrorBody(403, "no")));
  EXPECT_THAT(client().Exchange(MinimalExchange("code-1"), two),
              FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  const auto again = client().Exchange(MinimalExchange("code-1"), one);
  EXPECT_THAT(again, Succeeds());
  EXPECT_EQ(again.Trailer("x-modelgates-replayed"), "true");
}

TEST_F(ExchangeRecoveryFlow, OptingOutIsWithoutRecovery) {
  const auto request = NewCode();
  sandbox_.faults().Add({{.path = "/auth/keys", .action = FaultAction::kReset}});
  const CallSettings once{.metadata = {{"x-modelgates-exchange", "once-only"}}};
  const auto exchanged = client().Exchange(request, once);
  EXPECT_THAT(exchanged, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(ErrorOf(exchanged).Metadata("attempts"), "1");
}

}  // namespace
}  // namespace modelgates::gateway
