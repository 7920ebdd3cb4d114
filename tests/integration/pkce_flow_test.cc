#include "integration/gateway_fixture.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"

namespace modelgates::gateway {
namespace {

using sandbox::FaultAction;
using sandbox::FaultMoment;
using sandbox::FaultRule;
using sandbox::Sandbox;
using sandbox::SandboxOptions;
namespace v1 = modelgates::oauth::v1;

// The whole flow against an upstream that enforces the real rules.
class PkceFlow : public GatewayTest {
 protected:
  PkceFlow() : sandbox_(Options()) {
    const absl::Status started = sandbox_.Start();
    if (!started.ok()) throw std::runtime_error(std::string(started.message()));
    config_.upstream = sandbox_.base_url();
    config_.api_key = Secret(std::string("sk-service"));
  }

  // Creates a code that is bound to `verifier`.
  std::string CreateCode(const std::string& verifier, v1::CodeChallengeMethod method) {
    v1::CreateAuthCodeRequest request = MinimalCreate();
    request.set_code_challenge(method == v1::S256 ? sandbox::S256Challenge(verifier) : verifier);
    request.set_code_challenge_method(method);
    request.set_key_label("integration test");
    request.set_limit(12.5);
    request.set_usage_limit_type(v1::MONTHLY);
    const auto created = client().Create(request);
    EXPECT_THAT(created, Succeeds());
    EXPECT_TRUE(created.reply.data().has_created_at());
    EXPECT_GT(created.reply.data().app_id(), 0);
    return created.reply.data().id();
  }

  static v1::ExchangeAuthCodeRequest ExchangeOf(const std::string& auth_code,
                                                const std::string& verifier,
                                                v1::CodeChallengeMethod method) {
    v1::ExchangeAuthCodeRequest request;
    request.set_code(auth_code);
    request.set_code_verifier(verifier);
    request.set_code_challenge_method(method);
    return request;
  }

  SandboxOptions Options() {
    SandboxOptions options;
    options.api_key = "sk-service";
    options.clock = [this] { return std::chrono::system_clock::now() + later_.load(); };
    return options;
  }

  std::atomic<std::chrono::seconds> later_{std::chrono::seconds(0)};
  Sandbox sandbox_;
};

class PkceMethods : public PkceFlow, public testing::WithParamInterface<v1::CodeChallengeMethod> {};

TEST_P(PkceMethods, CreateAndExchange) {
  const std::string auth_code = CreateCode(kVerifier, GetParam());
  const auto exchanged = client().Exchange(ExchangeOf(auth_code, kVerifier, GetParam()));
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_FALSE(exchanged.reply.key().empty());
  EXPECT_TRUE(exchanged.reply.has_user_id());
  EXPECT_EQ(sandbox_.Counts().keys_issued, 1u);
}

TEST_P(PkceMethods, RefuseAnotherVerifier) {
  const std::string auth_code = CreateCode(kVerifier, GetParam());
  const auto exchanged =
      client().Exchange(ExchangeOf(auth_code, std::string(kVerifier) + "x", GetParam()));
  EXPECT_THAT(exchanged, FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_TRUE(ErrorOf(exchanged).localized_message);
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "REJECTED");
  // The code is as good as before.
  EXPECT_THAT(client().Exchange(ExchangeOf(auth_code, kVerifier, GetParam())), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(Pkce, PkceMethods, testing::Values(v1::S256, v1::PLAIN),
                         [](const auto& method) {
                           return v1::CodeChallengeMethod_Name(method.param);
                         });

// The identical call once more is a replay, which the upstream does not see: a strict one would
// revoke the key.
TEST_F(PkceFlow, ARepeatDoesNotRevokeTheKey) {
  const v1::ExchangeAuthCodeRequest request =
      ExchangeOf(CreateCode(kVerifier, v1::S256), kVerifier, v1::S256);
  const auto first = client().Exchange(request);
  const auto again = client().Exchange(request);
  ASSERT_THAT(first, Succeeds());
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), first.reply.key());
  EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
  EXPECT_EQ(sandbox_.Counts().keys_revoked, 0u);

  // The positive control: a call that opts out is a second use, and is refused.
  const CallSettings once{.metadata = {{"x-modelgates-exchange", "once-only"}}};
  EXPECT_THAT(client().Exchange(request, once), FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  EXPECT_EQ(sandbox_.Counts().double_uses, 1u);
}

TEST_F(PkceFlow, AnExpiredCodeIsRefused) {
  const std::string auth_code = CreateCode(kVerifier, v1::S256);
  later_ = std::chrono::hours(1);
  EXPECT_THAT(client().Exchange(ExchangeOf(auth_code, kVerifier, v1::S256)),
              FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
}

TEST_F(PkceFlow, AnUnknownCodeIsRefused) {
  EXPECT_THAT(client().Exchange(ExchangeOf("no-such-code", kVerifier, v1::S256)),
              FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
}

TEST_F(PkceFlow, AnotherKeyCreatesNothing) {
  config_.api_key = Secret(std::string("sk-another"));
  const auto created = client().Create(MinimalCreate());
  EXPECT_THAT(created, FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_EQ(ErrorOf(created).Metadata("sdkError"), "UnauthorizedResponseError");
}

// What the upstream refuses is named in the caller's words.
TEST_F(PkceFlow, AnExpiryInThePastIsABadRequest) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.mutable_expires_at()->set_seconds(1'000'000'000);
  const auto created = client().Create(request);
  EXPECT_THAT(created, FailsWith(grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ErrorOf(created).Fields(), testing::ElementsAre("expires_at"));
  EXPECT_EQ(ErrorOf(created).Metadata("sdkError"), "BadRequestResponseError");
}

// Given an upstream that spends the code and then loses its answer, and a gateway that recovers
// nothing, then the error says so and the code is not sent a second time, not by us and not for the
// caller's repeat.
TEST_F(PkceFlow, AnAnswerThatIsLostIsSaidOpenly) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  for (const FaultAction action :
       {FaultAction::kReset, FaultAction::kClose, FaultAction::kGarbage}) {
    const std::string auth_code = CreateCode(kVerifier, v1::S256);
    sandbox_.faults().Add(
        {{.path = "/auth/keys", .moment = FaultMoment::kAfterWork, .action = action}});
    const v1::ExchangeAuthCodeRequest request = ExchangeOf(auth_code, kVerifier, v1::S256);
    const auto exchanged = client().Exchange(request);
    EXPECT_THAT(exchanged, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
    EXPECT_THAT(client().Exchange(request), FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
    EXPECT_EQ(sandbox_.Counts().double_uses, 0u);
  }
}

// The same faults before the work, and their creates, which are harmless to repeat.
TEST_F(PkceFlow, ACreateGetsOverFaults) {
  for (const FaultAction action :
       {FaultAction::kStatus, FaultAction::kReset, FaultAction::kClose, FaultAction::kTruncate}) {
    sandbox_.faults().Add({{.path = "/auth/keys/code", .count = 2, .action = action}});
    EXPECT_THAT(client().Create(MinimalCreate()), Succeeds());
    EXPECT_EQ(sandbox_.faults().pending(), 0u);
  }
}

}  // namespace
}  // namespace modelgates::gateway
