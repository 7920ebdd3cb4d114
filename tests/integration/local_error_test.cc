#include <cmath>
#include <limits>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAreArray;
namespace v1 = modelgates::oauth::v1;

// The table "Before anything is sent" of errors.md.
class LocalErrors : public GatewayTest {};

struct BadCreate {
  const char* name;
  std::function<void(v1::CreateAuthCodeRequest&)> set;
  const char* reason;
  std::vector<std::string> fields;
};

struct BadExchange {
  const char* name;
  std::function<void(v1::ExchangeAuthCodeRequest&)> set;
  const char* reason;
  std::vector<std::string> fields;
};

void ExpectRefused(const CallEnd& call, const std::string& rpc, const char* reason,
                   const std::vector<std::string>& fields) {
  SCOPED_TRACE(testing::PrintToString(call));
  EXPECT_THAT(call, FailsWith(grpc::INVALID_ARGUMENT, reason));
  ExpectEnvelope(call, rpc);
  const TypedError error = ErrorOf(call);
  EXPECT_THAT(error.Fields(), ElementsAreArray(fields));
  EXPECT_EQ(error.Metadata("origin"), "caller");
  EXPECT_EQ(error.Metadata("attempts"), "0");
  EXPECT_EQ(error.Metadata("retryable"), "false");
  EXPECT_EQ(error.help.has_value(), error.info.reason() == "CALLBACK_URL_NOT_ALLOWED");
  if (rpc == "ExchangeAuthCode") {
    EXPECT_EQ(error.Metadata("authCodeState"), "UNSENT");
  }
}

class RefusedCreates : public LocalErrors, public testing::WithParamInterface<BadCreate> {};

TEST_P(RefusedCreates, NameTheFieldAndSendNothing) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  GetParam().set(request);
  ExpectRefused(client().Create(request), "CreateAuthCode", GetParam().reason, GetParam().fields);
  EXPECT_EQ(upstream_.connections(), 0);
}

using Create = v1::CreateAuthCodeRequest;
using Exchange = v1::ExchangeAuthCodeRequest;
constexpr char kChallenge[] = "0123456789-0123456789_0123456789-0123456789";
constexpr char kInvalid[] = "FIELD_INVALID";

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedCreates,
    testing::Values(
        BadCreate{"NoCallback",
                  [](Create& r) { r.clear_callback_url(); },
                  "FIELD_REQUIRED",
                  {"callback_url"}},
        BadCreate{"BlankCallback",
                  [](Create& r) { r.set_callback_url(" \t"); },
                  "FIELD_REQUIRED",
                  {"callback_url"}},
        BadCreate{"CallbackIsNoUrl",
                  [](Create& r) { r.set_callback_url("nowhere"); },
                  kInvalid,
                  {"callback_url"}},
        BadCreate{"CallbackOutsideThePolicy",
                  [](Create& r) { r.set_callback_url("http://localhost:8080/"); },
                  "CALLBACK_URL_NOT_ALLOWED",
                  {"callback_url"}},
        BadCreate{"RefererWithNewline",
                  [](Create& r) { r.set_http_referer("a\r\nX: y"); },
                  kInvalid,
                  {"http_referer"}},
        BadCreate{"TitleWithNul",
                  [](Create& r) { r.set_x_open_router_title(std::string("a\0b", 3)); },
                  kInvalid,
                  {"x_open_router_title"}},
        BadCreate{"CategoriesNotAscii",
                  [](Create& r) { r.set_x_open_router_categories("kategoriä"); },
                  kInvalid,
                  {"x_open_router_categories"}},
        BadCreate{"TitleWithSpaceAtTheEnd",
                  [](Create& r) { r.set_x_open_router_title("title "); },
                  kInvalid,
                  {"x_open_router_title"}},
        BadCreate{"ShortChallenge",
                  [](Create& r) { r.set_code_challenge("short"); },
                  kInvalid,
                  {"code_challenge"}},
        BadCreate{"ChallengeAlphabet",
                  [](Create& r) { r.set_code_challenge(std::string(kChallenge, 42) + "+"); },
                  kInvalid,
                  {"code_challenge"}},
        BadCreate{"UnknownMethod",
                  [](Create& r) {
                    r.set_code_challenge(kChallenge);
                    r.set_code_challenge_method(static_cast<v1::CodeChallengeMethod>(99));
                  },
                  kInvalid,
                  {"code_challenge_method"}},
        BadCreate{"UnknownLimitType",
                  [](Create& r) { r.set_usage_limit_type(static_cast<v1::UsageLimitType>(99)); },
                  kInvalid,
                  {"usage_limit_type"}},
        BadCreate{"LimitIsNoNumber",
                  [](Create& r) { r.set_limit(std::numeric_limits<double>::quiet_NaN()); },
                  kInvalid,
                  {"limit"}},
        BadCreate{
            "LimitIsInfinite", [](Create& r) { r.set_limit(-INFINITY); }, kInvalid, {"limit"}},
        BadCreate{"ExpiryBeforeTheFirstYear",
                  [](Create& r) { r.mutable_expires_at()->set_seconds(-62'135'596'801); },
                  kInvalid,
                  {"expires_at"}},
        BadCreate{"ExpiryAfterTheLastYear",
                  [](Create& r) { r.mutable_expires_at()->set_seconds(253'402'300'800); },
                  kInvalid,
                  {"expires_at"}},
        BadCreate{"Attempts",
                  [](Create& r) { r.mutable_retries()->set_max_attempts(11); },
                  "RETRY_CONFIG_INVALID",
                  {"retries.max_attempts"}},
        BadCreate{"RetryStatus",
                  [](Create& r) {
                    r.mutable_retries()->add_status_codes("503");
                    r.mutable_retries()->add_status_codes("teapot");
                  },
                  "RETRY_CONFIG_INVALID",
                  {"retries.status_codes[1]"}},
        BadCreate{"RetryExponent",
                  [](Create& r) { r.mutable_retries()->mutable_backoff()->set_exponent(NAN); },
                  "RETRY_CONFIG_INVALID",
                  {"retries.backoff.exponent"}},
        BadCreate{"RetryStrategy",
                  [](Create& r) {
                    r.mutable_retries()->set_strategy(static_cast<v1::RetryConfig::Strategy>(7));
                  },
                  "RETRY_CONFIG_INVALID",
                  {"retries.strategy"}},
        // The reason is that of the violation that the catalogue names first; all are there.
        BadCreate{"EverythingAtOnce",
                  [](Create& r) {
                    r.clear_callback_url();
                    r.set_http_referer("\n");
                    r.set_limit(NAN);
                    r.mutable_retries()->set_max_attempts(0);
                  },
                  "FIELD_REQUIRED",
                  {"callback_url", "http_referer", "limit", "retries.max_attempts"}}),
    [](const auto& row) { return row.param.name; });

class RefusedExchanges : public LocalErrors, public testing::WithParamInterface<BadExchange> {};

TEST_P(RefusedExchanges, NameTheFieldAndSpendNoCode) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-1");
  GetParam().set(request);
  ExpectRefused(client().Exchange(request), "ExchangeAuthCode", GetParam().reason,
                GetParam().fields);
  EXPECT_EQ(upstream_.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedExchanges,
    testing::Values(
        BadExchange{"NoCode", [](Exchange& r) { r.clear_code(); }, "FIELD_REQUIRED", {"code"}},
        BadExchange{"BlankCode", [](Exchange& r) { r.set_code("  "); }, "FIELD_REQUIRED", {"code"}},
        BadExchange{
            "CodeWithALineBreak", [](Exchange& r) { r.set_code("code-1\n"); }, kInvalid, {"code"}},
        BadExchange{"CodeWithItsState",
                    [](Exchange& r) { r.set_code("code-1#state"); },
                    kInvalid,
                    {"code"}},
        BadExchange{"RedirectUrlForACode",
                    [](Exchange& r) { r.set_code("https://app.example/cb?code=code-1"); },
                    kInvalid,
                    {"code"}},
        BadExchange{"HugeTitle",
                    [](Exchange& r) { r.set_x_open_router_title(std::string(50'000, 't')); },
                    kInvalid,
                    {"x_open_router_title"}},
        BadExchange{"ShortVerifier",
                    [](Exchange& r) { r.set_code_verifier("short"); },
                    kInvalid,
                    {"code_verifier"}},
        BadExchange{"LongVerifier",
                    [](Exchange& r) { r.set_code_verifier(std::string(129, 'v')); },
                    kInvalid,
                    {"code_verifier"}},
        BadExchange{"VerifierAlphabet",
                    [](Exchange& r) { r.set_code_verifier(std::string(43, '/')); },
                    kInvalid,
                    {"code_verifier"}},
        BadExchange{"UnknownMethod",
                    [](Exchange& r) {
                      r.set_code_challenge_method(static_cast<v1::CodeChallengeMethod>(-1));
                    },
                    kInvalid,
                    {"code_challenge_method"}},
        BadExchange{"RefererWithNewline",
                    [](Exchange& r) { r.set_http_referer("a\nb"); },
                    kInvalid,
                    {"http_referer"}},
        BadExchange{
            "RetryInterval",
            [](Exchange& r) {
              r.mutable_retries()->mutable_backoff()->mutable_initial_interval()->set_seconds(61);
            },
            "RETRY_CONFIG_INVALID",
            {"retries.backoff.initial_interval"}},
        BadExchange{"EverythingAtOnce",
                    [](Exchange& r) {
                      r.clear_code();
                      r.set_code_verifier("short");
                      r.set_x_open_router_title("\r");
                    },
                    "FIELD_REQUIRED",
                    {"code", "x_open_router_title", "code_verifier"}}),
    [](const auto& row) { return row.param.name; });

TEST_F(LocalErrors, CallbacksFollowThePolicy) {
  config_.callback_policy = CallbackPolicy::kLoopback;
  v1::CreateAuthCodeRequest request;
  request.set_callback_url("http://localhost:8080/callback");
  EXPECT_THAT(client().Create(request), Succeeds());
  request.set_callback_url("http://app.example.com/callback");
  EXPECT_THAT(client().Create(request),
              FailsWith(grpc::INVALID_ARGUMENT, "CALLBACK_URL_NOT_ALLOWED"));
}

TEST_F(LocalErrors, PkceCanBeRequired) {
  config_.pkce_policy = PkcePolicy::kS256;
  EXPECT_THAT(client().Create(MinimalCreate()),
              FailsWith(grpc::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  v1::ExchangeAuthCodeRequest request;
  request.set_code("code-1");
  EXPECT_THAT(client().Exchange(request), FailsWith(grpc::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  EXPECT_EQ(upstream_.connections(), 0);
}

TEST_F(LocalErrors, CredentialMissing) {
  config_.credential_mode = CredentialMode::kPassthrough;
  const auto created = client().Create(MinimalCreate());
  EXPECT_THAT(created, FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_TRUE(ErrorOf(created).help);
  const auto exchanged = client().Exchange(MinimalExchange("code-1"));
  EXPECT_THAT(exchanged, FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(upstream_.connections(), 0);
}

struct BadMetadata {
  const char* name;
  std::vector<std::string> values;
};

class RefusedExchangeMetadata : public LocalErrors,
                                public testing::WithParamInterface<BadMetadata> {};

// A caller that wants no second send must not get one for a slip of the pen.
TEST_P(RefusedExchangeMetadata, IsNamedAndNothingIsSent) {
  CallSettings settings;
  for (const std::string& value : GetParam().values) {
    settings.metadata.emplace_back("x-modelgates-exchange", value);
  }
  ExpectRefused(client().Exchange(MinimalExchange("code-1"), settings), "ExchangeAuthCode",
                kInvalid, {R"(metadata["x-modelgates-exchange"])"});
  EXPECT_EQ(upstream_.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(Values, RefusedExchangeMetadata,
                         testing::Values(BadMetadata{"Misspelt", {"onceonly"}},
                                         BadMetadata{"Empty", {""}},
                                         BadMetadata{"OtherCase", {"Once-Only"}},
                                         BadMetadata{"More", {"once-only;q=1"}},
                                         BadMetadata{"Two", {"once-only", "once-only"}},
                                         BadMetadata{"TwoDifferent", {"once-only", "sometimes"}},
                                         BadMetadata{"TwoJoined", {"once-only,once-only"}}),
                         [](const auto& row) { return row.param.name; });

TEST_F(LocalErrors, MetadataIsNamedBesideWrongFields) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-1");
  request.set_code_verifier("short");
  const CallSettings settings{.metadata = {{"x-modelgates-exchange", "never"}}};
  ExpectRefused(client().Exchange(request, settings), "ExchangeAuthCode", kInvalid,
                {"code_verifier", R"(metadata["x-modelgates-exchange"])"});
}

TEST_F(LocalErrors, Overloaded) {
  config_.max_concurrent_calls = 1;
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  const auto running = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  for (const bool create : {true, false}) {
    const CallEnd call = create ? CallEnd(client().Create(MinimalCreate()))
                                : CallEnd(client().Exchange(MinimalExchange("code-1")));
    EXPECT_THAT(call, FailsWith(grpc::UNAVAILABLE, "GATEWAY_OVERLOADED"));
    ExpectEnvelope(call, create ? "CreateAuthCode" : "ExchangeAuthCode");
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("origin"), "gateway");
    EXPECT_EQ(error.Metadata("retryable"), "true");
    EXPECT_GT(error.RetryMilliseconds(), 0);
  }
  EXPECT_EQ(upstream_.Requests().size(), 1u);

  // Room again once it has ended, which is a moment after its line was written.
  running->Cancel();
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  ASSERT_TRUE(log_.WaitForLines("call", 3));
  AnswerBoth(upstream_);
  auto next = client().Create(MinimalCreate());
  for (int tries = 1; tries < 100 && next.status.error_code() == grpc::UNAVAILABLE; ++tries) {
    next = client().Create(MinimalCreate());
  }
  EXPECT_THAT(next, Succeeds());
}

}  // namespace
}  // namespace modelgates::gateway
