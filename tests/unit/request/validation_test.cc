#include "request/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kCanary[] = "canary-Zq7";

std::string S256Text() { return std::string(43, 'a'); }

// "field REASON", in order.
std::vector<std::string> Said(const std::vector<Violation>& violations) {
  std::vector<std::string> said;
  for (const Violation& violation : violations) {
    said.push_back(violation.field + " " + v1::ErrorReason_Name(violation.reason));
    EXPECT_FALSE(violation.rule.empty());
    EXPECT_THAT(violation.rule, Not(HasSubstr(kCanary)));
  }
  return said;
}

v1::CreateAuthCodeRequest MinimalCreate() {
  v1::CreateAuthCodeRequest request;
  request.set_callback_url("https://a.b/c");
  return request;
}

v1::ExchangeAuthCodeRequest MinimalExchange() {
  v1::ExchangeAuthCodeRequest request;
  request.set_code("code-1");
  return request;
}

Config WithPkce(PkcePolicy policy) {
  Config config;
  config.pkce_policy = policy;
  return config;
}

std::vector<std::string> SaidOfCreate(const std::function<void(v1::CreateAuthCodeRequest&)>& change,
                                      const Config& config = {}) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  change(request);
  return Said(Validate(request, config));
}

std::vector<std::string> SaidOfExchange(
    const std::function<void(v1::ExchangeAuthCodeRequest&)>& change, const Config& config = {}) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange();
  change(request);
  return Said(Validate(request, config));
}

struct CreateCase {
  std::string name;
  std::function<void(v1::CreateAuthCodeRequest&)> change;
  std::vector<std::string> said{};
};

class CreateFieldTest : public testing::TestWithParam<CreateCase> {};

TEST_P(CreateFieldTest, IsJudged) { EXPECT_EQ(SaidOfCreate(GetParam().change), GetParam().said); }

using Create = v1::CreateAuthCodeRequest;

INSTANTIATE_TEST_SUITE_P(
    Required, CreateFieldTest,
    testing::Values(CreateCase{"Minimal", [](Create&) {}},
                    CreateCase{"NoCallback",
                               [](Create& r) { r.clear_callback_url(); },
                               {"callback_url FIELD_REQUIRED"}},
                    CreateCase{"BlankCallback",
                               [](Create& r) { r.set_callback_url(" \t\r\n"); },
                               {"callback_url FIELD_REQUIRED"}},
                    CreateCase{"MalformedCallback",
                               [](Create& r) { r.set_callback_url(kCanary); },
                               {"callback_url FIELD_INVALID"}},
                    CreateCase{
                        "CallbackNotAllowed",
                        [](Create& r) { r.set_callback_url(std::string("http://") + kCanary); },
                        {"callback_url CALLBACK_URL_NOT_ALLOWED"}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Limit, CreateFieldTest,
    testing::Values(
        CreateCase{"Zero", [](Create& r) { r.set_limit(0); }},
        CreateCase{"NegativeZero", [](Create& r) { r.set_limit(-0.0); }},
        CreateCase{"Negative", [](Create& r) { r.set_limit(-5); }},
        CreateCase{"Largest", [](Create& r) { r.set_limit(std::numeric_limits<double>::max()); }},
        CreateCase{"Nan", [](Create& r) { r.set_limit(std::nan("")); }, {"limit FIELD_INVALID"}},
        CreateCase{"Infinity", [](Create& r) { r.set_limit(HUGE_VAL); }, {"limit FIELD_INVALID"}},
        CreateCase{"NegativeInfinity",
                   [](Create& r) { r.set_limit(-HUGE_VAL); },
                   {"limit FIELD_INVALID"}}),
    [](const auto& row) { return row.param.name; });

std::function<void(Create&)> ExpiresAt(int64_t seconds, int32_t nanos) {
  return [=](Create& request) {
    request.mutable_expires_at()->set_seconds(seconds);
    request.mutable_expires_at()->set_nanos(nanos);
  };
}

constexpr int64_t kYear1 = -62'135'596'800;
constexpr int64_t kYear9999 = 253'402'300'799;

INSTANTIATE_TEST_SUITE_P(
    ExpiresAt, CreateFieldTest,
    testing::Values(
        CreateCase{"First", ExpiresAt(kYear1, 0)},
        CreateCase{"Last", ExpiresAt(kYear9999, 999'999'999)}, CreateCase{"Epoch", ExpiresAt(0, 0)},
        CreateCase{"BeforeEpochWithNanos", ExpiresAt(-1, 1)},
        CreateCase{"BeforeFirst", ExpiresAt(kYear1 - 1, 999'999'999), {"expires_at FIELD_INVALID"}},
        CreateCase{"AfterLast", ExpiresAt(kYear9999 + 1, 0), {"expires_at FIELD_INVALID"}},
        CreateCase{"Least",
                   ExpiresAt(std::numeric_limits<int64_t>::min(), 0),
                   {"expires_at FIELD_INVALID"}},
        CreateCase{"Most",
                   ExpiresAt(std::numeric_limits<int64_t>::max(), 0),
                   {"expires_at FIELD_INVALID"}},
        CreateCase{"NegativeNanos", ExpiresAt(0, -1), {"expires_at.nanos FIELD_INVALID"}},
        CreateCase{"TooManyNanos", ExpiresAt(0, 1'000'000'000), {"expires_at.nanos FIELD_INVALID"}},
        CreateCase{"BothWrong",
                   ExpiresAt(kYear9999 + 1, -1),
                   {"expires_at FIELD_INVALID", "expires_at.nanos FIELD_INVALID"}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, CreateFieldTest,
    testing::Values(
        CreateCase{"Label", [](Create& r) { r.set_key_label("a \"label\" \u00e4\n"); }},
        CreateCase{"EmptyLabel", [](Create& r) { r.set_key_label(""); }},
        CreateCase{"LongestLabel", [](Create& r) { r.set_key_label(std::string(1024, 'a')); }},
        CreateCase{"LabelTooLong",
                   [](Create& r) { r.set_key_label(std::string(1025, 'a')); },
                   {"key_label FIELD_INVALID"}},
        CreateCase{"EmptyWorkspace", [](Create& r) { r.set_workspace_id(""); }},
        CreateCase{"LongestWorkspace",
                   [](Create& r) { r.set_workspace_id(std::string(256, 'a')); }},
        CreateCase{"WorkspaceTooLong",
                   [](Create& r) { r.set_workspace_id(std::string(257, 'a')); },
                   {"workspace_id FIELD_INVALID"}},
        CreateCase{"LimitType", [](Create& r) { r.set_usage_limit_type(v1::MONTHLY); }},
        CreateCase{"LimitTypeUnspecified",
                   [](Create& r) { r.set_usage_limit_type(v1::USAGE_LIMIT_TYPE_UNSPECIFIED); }},
        CreateCase{"LimitTypeUnknown",
                   [](Create& r) { r.set_usage_limit_type(v1::UsageLimitType(4)); },
                   {"usage_limit_type FIELD_INVALID"}},
        CreateCase{"LimitTypeNegative",
                   [](Create& r) { r.set_usage_limit_type(v1::UsageLimitType(-1)); },
                   {"usage_limit_type FIELD_INVALID"}},
        CreateCase{"Retries", [](Create& r) { r.mutable_retries(); }},
        CreateCase{"RetriesOutside",
                   [](Create& r) { r.mutable_retries()->set_max_attempts(11); },
                   {"retries.max_attempts RETRY_CONFIG_INVALID"}}),
    [](const auto& row) { return row.param.name; });

// The three app headers share their rule, in both requests.
struct HeaderCase {
  std::string name;
  std::string value;
  bool valid;
};

class HeaderFieldTest : public testing::TestWithParam<HeaderCase> {};

TEST_P(HeaderFieldTest, IsJudgedAlikeEverywhere) {
  const auto set = [](auto& request) {
    request.set_http_referer(GetParam().value);
    request.set_x_open_router_title(GetParam().value);
    request.set_x_open_router_categories(GetParam().value);
  };
  std::vector<std::string> said;
  if (!GetParam().valid) {
    said = {"http_referer FIELD_INVALID", "x_open_router_title FIELD_INVALID",
            "x_open_router_categories FIELD_INVALID"};
  }
  EXPECT_EQ(SaidOfCreate(set), said);
  EXPECT_EQ(SaidOfExchange(set), said);
}

INSTANTIATE_TEST_SUITE_P(
    Values, HeaderFieldTest,
    testing::Values(
        HeaderCase{"Empty", "", true}, HeaderCase{"Text", "My App, 2nd", true},
        HeaderCase{"TabInside", "a\tb", true}, HeaderCase{"Longest", std::string(8192, 'a'), true},
        HeaderCase{"TooLong", std::string(8193, 'a'), false}, HeaderCase{"Cr", "a\rb", false},
        HeaderCase{"Lf", "a\nb", false},
        HeaderCase{"Injection", "a\r\nX-Canary: canary-Zq7", false},
        HeaderCase{"Nul", std::string("a\0b", 3), false}, HeaderCase{"Control01", "a\x01", false},
        HeaderCase{"Control1f", "a\x1f", false}, HeaderCase{"Delete", "a\x7f", false},
        HeaderCase{"LeadingSpace", " a", false}, HeaderCase{"TrailingSpace", "a ", false},
        HeaderCase{"LeadingTab", "\ta", false}, HeaderCase{"TrailingTab", "a\t", false},
        HeaderCase{"LoneSpace", " ", false}, HeaderCase{"Latin", "caf\u00e9", false},
        HeaderCase{"Emoji", "\U0001F511", false}, HeaderCase{"HighByte", "a\x80", false}),
    [](const auto& row) { return row.param.name; });

// PKCE of a create, by policy.
struct ChallengeCase {
  std::string name;
  PkcePolicy policy;
  std::optional<std::string> challenge;
  std::optional<int> method;
  std::vector<std::string> said{};
};

class ChallengeTest : public testing::TestWithParam<ChallengeCase> {};

TEST_P(ChallengeTest, IsJudged) {
  const ChallengeCase& row = GetParam();
  const auto set = [&](Create& request) {
    if (row.challenge) request.set_code_challenge(*row.challenge);
    if (row.method) request.set_code_challenge_method(v1::CodeChallengeMethod(*row.method));
  };
  EXPECT_EQ(SaidOfCreate(set, WithPkce(row.policy)), row.said);
}

constexpr auto kOff = PkcePolicy::kOff;
constexpr auto kRfc = PkcePolicy::kRfc7636;
constexpr auto kS256 = PkcePolicy::kS256;
constexpr auto kNone = std::nullopt;
constexpr char kBadChallenge[] = "code_challenge FIELD_INVALID";
constexpr char kBadMethod[] = "code_challenge_method FIELD_INVALID";
constexpr char kNoChallenge[] = "code_challenge FIELD_REQUIRED";
constexpr char kNoMethod[] = "code_challenge_method FIELD_REQUIRED";

INSTANTIATE_TEST_SUITE_P(
    Off, ChallengeTest,
    testing::Values(ChallengeCase{"Nothing", kOff, kNone, kNone},
                    ChallengeCase{"Empty", kOff, "", kNone},
                    ChallengeCase{"Malformed", kOff, "canary-Zq7!", v1::S256},
                    ChallengeCase{"Longest", kOff, std::string(2048, 'a'), kNone},
                    ChallengeCase{"TooLong", kOff, std::string(2049, 'a'), kNone, {kBadChallenge}},
                    ChallengeCase{"Space", kOff, "canary-Zq7 !", kNone, {kBadChallenge}},
                    ChallengeCase{"MethodAlone", kOff, kNone, v1::PLAIN},
                    ChallengeCase{"UnknownMethod", kOff, "x", 3, {kBadMethod}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rfc7636, ChallengeTest,
    testing::Values(
        ChallengeCase{"Nothing", kRfc, kNone, kNone},
        ChallengeCase{"S256", kRfc, S256Text(), v1::S256},
        ChallengeCase{"S256Alphabet", kRfc, "AZaz09-_" + std::string(35, 'a'), v1::S256},
        ChallengeCase{"S256Long", kRfc, S256Text() + "a", v1::S256, {kBadChallenge}},
        ChallengeCase{"S256Short", kRfc, std::string(42, 'a'), v1::S256, {kBadChallenge}},
        ChallengeCase{"S256Padded", kRfc, std::string(42, 'a') + "=", v1::S256, {kBadChallenge}},
        ChallengeCase{"S256Tilde", kRfc, std::string(42, 'a') + "~", v1::S256, {kBadChallenge}},
        ChallengeCase{"Plain", kRfc, std::string(39, 'a') + "-._~", v1::PLAIN},
        ChallengeCase{"PlainLongest", kRfc, std::string(128, 'a'), v1::PLAIN},
        ChallengeCase{"PlainTooLong", kRfc, std::string(129, 'a'), v1::PLAIN, {kBadChallenge}},
        ChallengeCase{"PlainTooShort", kRfc, std::string(42, 'a'), v1::PLAIN, {kBadChallenge}},
        ChallengeCase{"NoMethod", kRfc, std::string(128, 'a'), kNone},
        ChallengeCase{"MethodUnspecified", kRfc, S256Text(), 0},
        ChallengeCase{"UnspecifiedAlone", kRfc, kNone, 0},
        ChallengeCase{"Empty", kRfc, "", kNone, {kBadChallenge}},
        ChallengeCase{"NonAscii", kRfc, std::string(42, 'a') + "\u00e4", kNone, {kBadChallenge}},
        ChallengeCase{"Nul", kRfc, std::string(42, 'a') + '\0', kNone, {kBadChallenge}},
        ChallengeCase{"MethodAlone", kRfc, kNone, v1::S256, {kNoChallenge}},
        ChallengeCase{"UnknownMethod", kRfc, S256Text(), 3, {kBadMethod}},
        ChallengeCase{"NegativeMethod", kRfc, S256Text(), -1, {kBadMethod}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    S256, ChallengeTest,
    testing::Values(
        ChallengeCase{"S256", kS256, S256Text(), v1::S256},
        ChallengeCase{"Nothing", kS256, kNone, kNone, {kNoChallenge, kNoMethod}},
        ChallengeCase{"MethodAlone", kS256, kNone, v1::S256, {kNoChallenge}},
        ChallengeCase{"NoMethod", kS256, S256Text(), kNone, {kNoMethod}},
        ChallengeCase{"Unspecified", kS256, S256Text(), 0, {kNoMethod}},
        ChallengeCase{"Plain", kS256, S256Text(), v1::PLAIN, {kBadMethod}},
        ChallengeCase{
            "NotADigest", kS256, std::string(128, 'a'), kNone, {kBadChallenge, kNoMethod}}),
    [](const auto& row) { return row.param.name; });

// PKCE of an exchange, by policy.
struct VerifierCase {
  std::string name;
  PkcePolicy policy;
  std::optional<std::string> verifier;
  std::optional<int> method;
  std::vector<std::string> said{};
};

class VerifierTest : public testing::TestWithParam<VerifierCase> {};

TEST_P(VerifierTest, IsJudged) {
  const VerifierCase& row = GetParam();
  const auto set = [&](v1::ExchangeAuthCodeRequest& request) {
    if (row.verifier) request.set_code_verifier(*row.verifier);
    if (row.method) request.set_code_challenge_method(v1::CodeChallengeMethod(*row.method));
  };
  EXPECT_EQ(SaidOfExchange(set, WithPkce(row.policy)), row.said);
}

constexpr char kBadVerifier[] = "code_verifier FIELD_INVALID";
constexpr char kNoVerifier[] = "code_verifier FIELD_REQUIRED";

INSTANTIATE_TEST_SUITE_P(
    Policies, VerifierTest,
    testing::Values(
        VerifierCase{"OffNothing", kOff, kNone, kNone}, VerifierCase{"OffEmpty", kOff, "", kNone},
        VerifierCase{"OffMalformed", kOff, "canary-Zq7!", v1::PLAIN},
        VerifierCase{"OffLongest", kOff, std::string(2048, 'a'), kNone},
        VerifierCase{"OffTooLong", kOff, std::string(2049, 'a'), kNone, {kBadVerifier}},
        VerifierCase{"OffLineBreak", kOff, "canary-Zq7\n", kNone, {kBadVerifier}},
        VerifierCase{"OffNonAscii", kOff, "canary-\u00e4", kNone, {kBadVerifier}},
        VerifierCase{"OffUnknownMethod", kOff, kNone, 9, {kBadMethod}},
        VerifierCase{"RfcNothing", kRfc, kNone, kNone},
        VerifierCase{"RfcMethodAlone", kRfc, kNone, v1::S256},
        VerifierCase{"RfcNullMethod", kRfc, kNone, 0},
        VerifierCase{"RfcShortest", kRfc, std::string(39, 'a') + "-._~", v1::S256},
        VerifierCase{"RfcLongest", kRfc, std::string(128, '~'), v1::PLAIN},
        VerifierCase{"RfcTooShort", kRfc, std::string(42, 'a'), v1::S256, {kBadVerifier}},
        VerifierCase{"RfcTooLong", kRfc, std::string(129, 'a'), v1::S256, {kBadVerifier}},
        VerifierCase{"RfcEmpty", kRfc, "", kNone, {kBadVerifier}},
        VerifierCase{"RfcPlus", kRfc, std::string(43, '+'), kNone, {kBadVerifier}},
        VerifierCase{"RfcSpace", kRfc, std::string(42, 'a') + " ", kNone, {kBadVerifier}},
        VerifierCase{"RfcUnknownMethod", kRfc, S256Text(), 3, {kBadMethod}},
        VerifierCase{"S256NoVerifier", kS256, kNone, v1::S256, {kNoVerifier}},
        VerifierCase{"S256NoMethod", kS256, S256Text(), kNone},
        VerifierCase{"S256", kS256, S256Text(), v1::S256},
        VerifierCase{"S256Plain", kS256, S256Text(), v1::PLAIN, {kBadMethod}},
        VerifierCase{"S256Malformed", kS256, "x", v1::S256, {kBadVerifier}}),
    [](const auto& row) { return row.param.name; });

TEST(Validation, NeedsACode) {
  using Exchange = v1::ExchangeAuthCodeRequest;
  EXPECT_THAT(SaidOfExchange([](Exchange&) {}), IsEmpty());
  EXPECT_THAT(SaidOfExchange([](Exchange& r) { r.clear_code(); }),
              ElementsAre("code FIELD_REQUIRED"));
  EXPECT_THAT(SaidOfExchange([](Exchange& r) { r.set_code("\t \n"); }),
              ElementsAre("code FIELD_REQUIRED"));
  EXPECT_THAT(SaidOfExchange([](Exchange& r) { r.set_code(std::string(2048, 'c')); }), IsEmpty());
  EXPECT_THAT(SaidOfExchange([](Exchange& r) { r.set_code(std::string(2049, 'c')); }),
              ElementsAre("code FIELD_INVALID"));
}

struct CodeCase {
  std::string name;
  std::string code;
  std::string rule;  // part of it; empty: right
};

class CodeTest : public testing::TestWithParam<CodeCase> {};

TEST_P(CodeTest, IsJudged) {
  v1::ExchangeAuthCodeRequest request;
  request.set_code(GetParam().code);
  const std::vector<Violation> violations = Validate(request, Config());
  if (GetParam().rule.empty()) {
    EXPECT_THAT(violations, IsEmpty());
    return;
  }
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations.front().field, "code");
  EXPECT_EQ(violations.front().reason, v1::FIELD_INVALID);
  EXPECT_THAT(violations.front().rule, HasSubstr(GetParam().rule));
  EXPECT_THAT(violations.front().rule, Not(HasSubstr(kCanary)));
}

constexpr char kCharacters[] = "RFC 6749, appendix A.11";
constexpr char kEnds[] = "must not begin or end with a space";
constexpr char kAlone[] = "must be the code alone";

INSTANTIATE_TEST_SUITE_P(
    All, CodeTest,
    testing::Values(CodeCase{"Documented", "auth_code_abc123def456", ""},
                    CodeCase{"Uuid", "550e8400-e29b-41d4-a716-446655440000", ""},
                    CodeCase{"Signs", "a/b+c=d&e\"<f>%2F:~", ""}, CodeCase{"InnerSpace", "a b", ""},
                    CodeCase{"LeadingSpace", " canary-Zq7", kEnds},
                    CodeCase{"TrailingSpace", "canary-Zq7 ", kEnds},
                    CodeCase{"LineBreak", "canary-Zq7\n", kCharacters},
                    CodeCase{"CarriageReturn", "canary-Zq7\r\n", kCharacters},
                    CodeCase{"InnerLineBreak", "canary\n-Zq7", kCharacters},
                    CodeCase{"Tab", "canary\t", kCharacters},
                    CodeCase{"Nul", std::string("canary\0x", 8), kCharacters},
                    CodeCase{"Control", "canary\x1b[0m", kCharacters},
                    CodeCase{"Delete", "canary\x7f", kCharacters},
                    CodeCase{"NonAscii", "canary\u00e4", kCharacters},
                    CodeCase{"ZeroWidthSpace", "canary\u200b", kCharacters},
                    CodeCase{"State", "canary-Zq7#state", kAlone},
                    CodeCase{"RedirectUrl", "https://app.example/cb?code=canary-Zq7&state=x",
                             kAlone},
                    CodeCase{"RedirectOfAnApp", "myapp://cb?code=canary-Zq7", kAlone}),
    [](const auto& row) { return row.param.name; });

// Of fields of today and tomorrow: `longest` bytes at most are sent on, whatever is in them.
template <class Request>
void ExpectABoundOnEveryString(const Request& minimal, const Config& config) {
  const google::protobuf::Descriptor& type = *Request::descriptor();
  int found = 0;
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
    ++found;
    Request request = minimal;
    request.GetReflection()->SetString(&request, &field, std::string(8193, 'a'));
    EXPECT_THAT(Said(Validate(request, config)), ElementsAre(field.name() + " FIELD_INVALID"));
  }
  EXPECT_GE(found, 5);
}

TEST(Validation, BoundsEveryStringOfBothRequests) {
  for (const PkcePolicy policy : {PkcePolicy::kOff, PkcePolicy::kRfc7636}) {
    ExpectABoundOnEveryString(MinimalCreate(), WithPkce(policy));
    ExpectABoundOnEveryString(MinimalExchange(), WithPkce(policy));
  }
}

TEST(Validation, AppliesTheCallbackPolicy) {
  Config config;
  const auto loopback = [](Create& request) { request.set_callback_url("http://localhost:8080"); };
  EXPECT_THAT(SaidOfCreate(loopback, config), ElementsAre("callback_url CALLBACK_URL_NOT_ALLOWED"));
  config.callback_policy = CallbackPolicy::kLoopback;
  EXPECT_THAT(SaidOfCreate(loopback, config), IsEmpty());
  config.callback_policy = CallbackPolicy::kAny;
  EXPECT_THAT(SaidOfCreate([](Create& r) { r.set_callback_url("myapp://cb"); }, config), IsEmpty());
}

TEST(Validation, NamesAllThatIsWrongWithACreateAtOnce) {
  const auto spoil = [](Create& request) {
    request.set_callback_url(std::string("https://") + kCanary + "#x");
    request.set_http_referer(std::string(kCanary) + "\n");
    request.set_x_open_router_title(std::string(" ") + kCanary);
    request.set_x_open_router_categories(std::string(kCanary) + "\u00e4");
    request.set_code_challenge(kCanary);
    request.set_code_challenge_method(v1::CodeChallengeMethod(7));
    request.mutable_expires_at()->set_nanos(-1);
    request.set_key_label(std::string(2000, 'a') + kCanary);
    request.set_limit(std::nan(""));
    request.set_usage_limit_type(v1::UsageLimitType(7));
    request.mutable_retries()->add_status_codes(kCanary);
    request.mutable_retries()->mutable_backoff()->set_exponent(0.5);
    request.set_workspace_id(std::string(2000, 'a') + kCanary);
  };
  EXPECT_THAT(
      SaidOfCreate(spoil),
      ElementsAre("callback_url FIELD_INVALID", "http_referer FIELD_INVALID",
                  "x_open_router_title FIELD_INVALID", "x_open_router_categories FIELD_INVALID",
                  "code_challenge FIELD_INVALID", "code_challenge_method FIELD_INVALID",
                  "expires_at.nanos FIELD_INVALID", "key_label FIELD_INVALID",
                  "limit FIELD_INVALID", "usage_limit_type FIELD_INVALID",
                  "retries.backoff.exponent RETRY_CONFIG_INVALID",
                  "retries.status_codes[0] RETRY_CONFIG_INVALID", "workspace_id FIELD_INVALID"));
}

TEST(Validation, NamesAllThatIsWrongWithAnExchangeAtOnce) {
  const auto spoil = [](v1::ExchangeAuthCodeRequest& request) {
    request.set_code(std::string(3000, 'a') + kCanary);
    request.set_http_referer(std::string(kCanary) + "\n");
    request.set_x_open_router_title(std::string(" ") + kCanary);
    request.set_x_open_router_categories(std::string(kCanary) + "\u00e4");
    request.set_code_challenge_method(v1::CodeChallengeMethod(7));
    request.set_code_verifier(kCanary);
    request.mutable_retries()->set_max_attempts(0);
  };
  EXPECT_THAT(
      SaidOfExchange(spoil),
      ElementsAre("code FIELD_INVALID", "http_referer FIELD_INVALID",
                  "x_open_router_title FIELD_INVALID", "x_open_router_categories FIELD_INVALID",
                  "code_challenge_method FIELD_INVALID", "code_verifier FIELD_INVALID",
                  "retries.max_attempts RETRY_CONFIG_INVALID"));
}

}  // namespace
}  // namespace modelgates::gateway
