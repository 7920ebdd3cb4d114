#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <span>
#include <sstream>

#include "upstream/rest_mapping.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {
namespace {

using oauth::v1::CreateAuthCodeRequest;
using oauth::v1::ExchangeAuthCodeRequest;

template <class Request>
Request Make(const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

template <class Request>
HttpRequest Map(const std::string& text, const UpstreamDefaults& defaults = {},
                std::string_view bearer = "") {
  return ToHttpRequest(Make<Request>(text), defaults, Secret(bearer));
}

// The file's text without the newline that ends every file.
std::string Golden(const std::string& name) {
  std::ifstream file(std::string(GOLDEN_DIR "/") + name + ".json");
  EXPECT_TRUE(file) << name;
  std::stringstream text;
  text << file.rdbuf();
  std::string body = text.str();
  if (body.ends_with('\n')) body.pop_back();
  return body;
}

// `request` in text format; `sdk` is what the SDK sends for the same. The golden file holds the
// bytes that we send.
struct BodyCase {
  const char* name;
  std::string request;
  std::string sdk;
};

void ExpectBody(const BodyCase& row, std::string_view body) {
  EXPECT_EQ(body, Golden(row.name));
  EXPECT_EQ(nlohmann::json::parse(body), nlohmann::json::parse(row.sdk));
}

class CreateBody : public testing::TestWithParam<BodyCase> {};
TEST_P(CreateBody, IsTheSdksDocument) {
  const HttpRequest request = Map<CreateAuthCodeRequest>(GetParam().request);
  EXPECT_EQ(request.path(), "/auth/keys/code");
  ExpectBody(GetParam(), request.body());
}
const BodyCase kCreateBodies[] = {
    BodyCase{"create_minimal", R"(callback_url: "https://a.b/c")",
             R"({"callback_url":"https://a.b/c"})"},
    BodyCase{"create_full",
             R"(callback_url: "https://myapp.com/auth/callback" http_referer: "https://myapp.com"
                    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                    code_challenge_method: S256 expires_at { seconds: 1830297599 }
                    key_label: "My Custom Key" limit: 100 usage_limit_type: MONTHLY
                    retries { strategy: NONE })",
             R"({"callback_url":"https://myapp.com/auth/callback",)"
             R"("code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",)"
             R"("code_challenge_method":"S256","expires_at":"2027-12-31T23:59:59Z",)"
             R"("key_label":"My Custom Key","limit":100.0,"usage_limit_type":"monthly"})"},
    BodyCase{"create_newer_generation", R"(callback_url: "https://a.b/c" workspace_id: "ws-1")",
             R"({"callback_url":"https://a.b/c","workspace_id":"ws-1"})"},
    BodyCase{"create_empty_strings",
             R"(callback_url: "" code_challenge: "" key_label: "" workspace_id: "")",
             R"({"callback_url":"","code_challenge":"","key_label":"","workspace_id":""})"},
    BodyCase{"create_unspecified_enums",
             R"(callback_url: "u" code_challenge_method: CODE_CHALLENGE_METHOD_UNSPECIFIED
                    usage_limit_type: USAGE_LIMIT_TYPE_UNSPECIFIED)",
             R"({"callback_url":"u"})"},
    BodyCase{"create_plain_daily",
             R"(callback_url: "u" code_challenge: "c" code_challenge_method: PLAIN
                    usage_limit_type: DAILY)",
             R"({"callback_url":"u","code_challenge":"c","code_challenge_method":"plain",)"
             R"("usage_limit_type":"daily"})"},
    BodyCase{"create_weekly", R"(callback_url: "u" usage_limit_type: WEEKLY)",
             R"({"callback_url":"u","usage_limit_type":"weekly"})"},
    BodyCase{"create_unicode", R"(callback_url: "https://a.b/?x=<y>" key_label: "clé 😀")",
             R"({"callback_url":"https://a.b/?x=<y>","key_label":"cl\u00e9 \ud83d\ude00"})"},
    BodyCase{"create_escapes", R"(callback_url: "u" key_label: "\"\\\n\001")",
             R"({"callback_url":"u","key_label":"\"\\\n\u0001"})"},
    BodyCase{"create_expires_at_micros",
             R"(callback_url: "u" expires_at { seconds: 1830297599 nanos: 120000000 })",
             R"({"callback_url":"u","expires_at":"2027-12-31T23:59:59.120000Z"})"},
    BodyCase{"create_expires_at_epoch", R"(callback_url: "u" expires_at {})",
             R"({"callback_url":"u","expires_at":"1970-01-01T00:00:00Z"})"}};
INSTANTIATE_TEST_SUITE_P(Rest, CreateBody, testing::ValuesIn(kCreateBodies),
                         [](const auto& row) { return row.param.name; });

class ExchangeBody : public testing::TestWithParam<BodyCase> {};
TEST_P(ExchangeBody, IsTheSdksDocument) {
  const HttpRequest request = Map<ExchangeAuthCodeRequest>(GetParam().request);
  EXPECT_EQ(request.path(), "/auth/keys");
  ExpectBody(GetParam(), request.body());
}
const BodyCase kExchangeBodies[] = {
    BodyCase{"exchange_minimal", R"(code: "auth_code_abc123def456")",
             R"({"code":"auth_code_abc123def456"})"},
    BodyCase{"exchange_full",
             R"(code: "auth_code_abc123def456" http_referer: "https://myapp.com"
                    code_challenge_method: S256
                    code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
                    retries { max_attempts: 2 })",
             R"({"code":"auth_code_abc123def456","code_challenge_method":"S256",)"
             R"("code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"})"},
    BodyCase{"exchange_plain", R"(code: "c" code_challenge_method: PLAIN code_verifier: "v")",
             R"({"code":"c","code_challenge_method":"plain","code_verifier":"v"})"},
    BodyCase{"exchange_null_method",
             R"(code: "c" code_challenge_method: CODE_CHALLENGE_METHOD_UNSPECIFIED)",
             R"({"code":"c","code_challenge_method":null})"},
    BodyCase{"exchange_empty_strings", R"(code: "" code_verifier: "")",
             R"({"code":"","code_verifier":""})"}};
INSTANTIATE_TEST_SUITE_P(Rest, ExchangeBody, testing::ValuesIn(kExchangeBodies),
                         [](const auto& row) { return row.param.name; });

// ---- Fields of tomorrow

using google::protobuf::FieldDescriptor;

// `retries` is for the gateway, and headers have tests of their own.
bool IsMember(const FieldDescriptor& field) {
  static const std::set<std::string> others = {"retries", "http_referer", "x_open_router_title",
                                               "x_open_router_categories"};
  return !others.contains(field.name());
}

// A field that the proto gains has to be in a golden body, so that its REST name is pinned.
template <class Request>
void ExpectEveryMemberIn(std::span<const BodyCase> rows) {
  const google::protobuf::Descriptor& type = *Request::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsMember(field)) continue;
    const bool found = std::any_of(rows.begin(), rows.end(), [&](const BodyCase& row) {
      const Request request = Make<Request>(row.request);
      return (!field.has_presence() || request.GetReflection()->HasField(request, &field)) &&
             nlohmann::json::parse(row.sdk).contains(field.name());
    });
    EXPECT_TRUE(found) << field.full_name() << " is in no golden body";
  }
}

TEST(GoldenBodies, HaveEveryFieldOfTheProto) {
  ExpectEveryMemberIn<CreateAuthCodeRequest>(kCreateBodies);
  ExpectEveryMemberIn<ExchangeAuthCodeRequest>(kExchangeBodies);
}

// Any value but the default.
void SetSomething(google::protobuf::Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, "text");
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, 1);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.MutableMessage(&message, &field);
      return;
    default:
      ADD_FAILURE() << "no value for the type of " << field.full_name();
  }
}

std::string AllOf(const HttpRequest& request) {
  return std::string(request.headers()) + std::string(request.body());
}

template <class Request>
void ExpectEveryFieldIsSent() {
  const google::protobuf::Descriptor& type = *Request::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->name() == "retries") continue;
    Request request;
    SetSomething(request, *type.field(i));
    EXPECT_NE(AllOf(ToHttpRequest(request, {}, Secret())),
              AllOf(ToHttpRequest(Request(), {}, Secret())))
        << type.field(i)->full_name() << " is not sent";
  }
}

TEST(RequestMapping, SendsEveryFieldOfTheProto) {
  ExpectEveryFieldIsSent<CreateAuthCodeRequest>();
  ExpectEveryFieldIsSent<ExchangeAuthCodeRequest>();
}

TEST(Rpc, HasEveryMethodOfTheContract) {
  const auto& service = *CreateAuthCodeRequest::descriptor()->file()->service(0);
  ASSERT_EQ(static_cast<int>(kRpcCount), service.method_count());
  for (int i = 0; i < service.method_count(); ++i) {
    EXPECT_EQ(ToString(static_cast<Rpc>(i)), service.method(i)->name());
  }
}

// REST contract, section 3, "limit": the digits are ours, the double is the SDK's to the last bit.
struct LimitCase {
  const char* name;
  double limit;
  const char* sent;
  const char* sdk;
};

class Limit : public testing::TestWithParam<LimitCase> {};
TEST_P(Limit, ReachesTheUpstreamExactly) {
  CreateAuthCodeRequest request;
  request.set_limit(GetParam().limit);
  const HttpRequest http_request = ToHttpRequest(request, {}, Secret());
  EXPECT_EQ(http_request.body(),
            std::string(R"({"callback_url":"","limit":)") + GetParam().sent + "}");
  const double sdk = std::strtod(GetParam().sdk, nullptr);
  const double sent = std::strtod(GetParam().sent, nullptr);
  EXPECT_EQ(sent, sdk);
  EXPECT_EQ(std::signbit(sent), std::signbit(sdk));
}
INSTANTIATE_TEST_SUITE_P(
    Rest, Limit,
    testing::Values(LimitCase{"Hundred", 100, "100", "100.0"}, LimitCase{"Zero", 0, "0", "0.0"},
                    LimitCase{"MinusZero", -0.0, "-0.0", "-0.0"},
                    LimitCase{"Negative", -5, "-5", "-5.0"}, LimitCase{"Tenth", 0.1, "0.1", "0.1"},
                    LimitCase{"Third", 1.0 / 3, "0.3333333333333333", "0.3333333333333333"},
                    LimitCase{"Sum", 0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
                    LimitCase{"TenTo15", 1e15, "1e+15", "1000000000000000.0"},
                    LimitCase{"TenTo16", 1e16, "1e+16", "1e+16"},
                    LimitCase{"TenTo21", 1e21, "1e+21", "1e+21"},
                    LimitCase{"Above2To53", 9007199254740993.0, "9007199254740992",
                              "9007199254740992.0"},
                    LimitCase{"Least", 5e-324, "5e-324", "5e-324"},
                    LimitCase{"Most", 1.7976931348623157e308, "1.7976931348623157e+308",
                              "1.7976931348623157e+308"},
                    LimitCase{"Small", 1e-5, "1e-05", "1e-05"}),
    [](const auto& row) { return row.param.name; });

struct AuthorizationCase {
  const char* name;
  std::string bearer;
  std::string headers;
};

class Authorization : public testing::TestWithParam<AuthorizationCase> {};
TEST_P(Authorization, FollowsTheSdk) {
  EXPECT_EQ(Map<CreateAuthCodeRequest>("", {}, GetParam().bearer).headers(), GetParam().headers);
  EXPECT_EQ(Map<ExchangeAuthCodeRequest>("", {}, GetParam().bearer).headers(), GetParam().headers);
}
INSTANTIATE_TEST_SUITE_P(
    Rest, Authorization,
    testing::Values(
        AuthorizationCase{"None", "", ""},
        AuthorizationCase{"Key", "sk-x", "Authorization: Bearer sk-x\r\n"},
        AuthorizationCase{"Prefixed", "Bearer sk-x", "Authorization: Bearer sk-x\r\n"},
        AuthorizationCase{"LowerCasePrefix", "bearer sk-x", "Authorization: bearer sk-x\r\n"},
        AuthorizationCase{"UpperCasePrefix", "BEARER sk", "Authorization: BEARER sk\r\n"},
        AuthorizationCase{"NotQuiteThePrefix", "bearersk", "Authorization: Bearer bearersk\r\n"},
        AuthorizationCase{"ShorterThanThePrefix", "b", "Authorization: Bearer b\r\n"},
        AuthorizationCase{"Space", " ", ""}, AuthorizationCase{"PrefixAlone", "Bearer ", ""},
        AuthorizationCase{"LineBreak", "sk\r\nX: y", ""}, AuthorizationCase{"NonAscii", "sk-é", ""},
        AuthorizationCase{"Nul", std::string("sk\0x", 4), ""}),
    [](const auto& row) { return row.param.name; });

struct HeaderCase {
  const char* name;
  std::string request;
  UpstreamDefaults defaults;
  std::string headers;
};

const UpstreamDefaults kAllDefaults = {"https://default.com", "Default", "default"};

class AppHeaders : public testing::TestWithParam<HeaderCase> {};
TEST_P(AppHeaders, AreResolvedEachOnItsOwn) {
  const HeaderCase& row = GetParam();
  EXPECT_EQ(Map<CreateAuthCodeRequest>(row.request, row.defaults).headers(), row.headers);
  EXPECT_EQ(Map<ExchangeAuthCodeRequest>(row.request, row.defaults).headers(), row.headers);
}
INSTANTIATE_TEST_SUITE_P(
    Rest, AppHeaders,
    testing::Values(
        HeaderCase{"NothingSet", "", {}, ""},
        HeaderCase{"RequestWithoutDefaults",
                   R"(http_referer: "https://a.com" x_open_router_title: "A"
                      x_open_router_categories: "cli-agent,cloud-agent")",
                   {},
                   "HTTP-Referer: https://a.com\r\nX-OpenRouter-Title: A\r\n"
                   "X-OpenRouter-Categories: cli-agent,cloud-agent\r\n"},
        HeaderCase{"DefaultsAlone", "", kAllDefaults,
                   "HTTP-Referer: https://default.com\r\nX-OpenRouter-Title: Default\r\n"
                   "X-OpenRouter-Categories: default\r\n"},
        HeaderCase{"RequestWins", R"(x_open_router_title: "A")", kAllDefaults,
                   "HTTP-Referer: https://default.com\r\nX-OpenRouter-Title: A\r\n"
                   "X-OpenRouter-Categories: default\r\n"},
        HeaderCase{"EmptySuppresses", R"(http_referer: "" x_open_router_categories: "")",
                   kAllDefaults, "X-OpenRouter-Title: Default\r\n"},
        HeaderCase{"EmptyWithoutDefault", R"(http_referer: "")", {}, ""},
        HeaderCase{"RenamedHeaders",
                   "",
                   {"", "T", "C", "X-ModelGates-Title", "X-ModelGates-Categories"},
                   "X-ModelGates-Title: T\r\nX-ModelGates-Categories: C\r\n"},
        HeaderCase{"InnerSpaceAndTab",
                   R"(x_open_router_title: "My\tnice app")",
                   {},
                   "X-OpenRouter-Title: My\tnice app\r\n"},
        HeaderCase{"WhatCannotBeSentIsLeftOut",
                   R"(http_referer: " a" x_open_router_title: "a\r\nb: c"
                      x_open_router_categories: "é")",
                   {},
                   ""}),
    [](const auto& row) { return row.param.name; });

TEST(ToHttpRequest, PutsTheSecretLast) {
  EXPECT_EQ(Map<CreateAuthCodeRequest>("", kAllDefaults, "sk-x").headers(),
            "HTTP-Referer: https://default.com\r\nX-OpenRouter-Title: Default\r\n"
            "X-OpenRouter-Categories: default\r\nAuthorization: Bearer sk-x\r\n");
}

TEST(ToHttpRequest, LongHeadersAreSent) {
  CreateAuthCodeRequest request;
  request.set_http_referer(std::string(9000, 'a'));
  EXPECT_EQ(ToHttpRequest(request, {}, Secret()).headers().size(), 9000 + 16u);
}

// Given requests that validation would have refused, the result is still JSON, and nothing breaks.
TEST(ToHttpRequest, SurvivesUnvalidatedRequests) {
  std::mt19937 random(31);
  for (int round = 0; round < 2000; ++round) {
    const auto text = [&random] {
      std::string bytes(random() % 40, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      return bytes;
    };
    CreateAuthCodeRequest create;
    create.set_callback_url(text());
    create.set_key_label(text());
    create.set_http_referer(text());
    create.set_code_challenge_method(
        static_cast<oauth::v1::CodeChallengeMethod>(static_cast<int>(random())));
    create.set_usage_limit_type(static_cast<oauth::v1::UsageLimitType>(static_cast<int>(random())));
    create.mutable_expires_at()->set_seconds(static_cast<int64_t>(random()) << (random() % 40));
    create.mutable_expires_at()->set_nanos(static_cast<int32_t>(random()));
    create.set_limit(round % 2 ? std::nan("") : -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(nlohmann::json::accept(ToHttpRequest(create, {}, Secret(text())).body()));

    ExchangeAuthCodeRequest exchange;
    exchange.set_code(text());
    exchange.set_code_verifier(text());
    EXPECT_TRUE(nlohmann::json::accept(ToHttpRequest(exchange, {}, Secret(text())).body()));
  }
}

}  // namespace
}  // namespace modelgates::gateway
