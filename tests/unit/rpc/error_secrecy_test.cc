#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "rpc/error_status.h"
#include "unit/rpc/failed_support.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kExchange = Rpc::kExchangeAuthCode;
constexpr char kCode[] = "canary-code-7";
constexpr char kVerifier[] = "canary-verifier-43-characters-long-aaaaaaaa";
constexpr char kKey[] = "sk-canary-1";

std::string Shown(const HttpResponse& response, const Redaction& redaction, Rpc rpc = kExchange) {
  const Outcome outcome = OutcomeOf(response);
  FailedCall failed = FailUpstream(rpc, outcome);
  failed.request_id = "request-1";
  failed.redaction = &redaction;
  return ToErrorStatus(failed).status.SerializeAsString();
}

// A place where an upstream may echo what it was sent.
struct EchoCase {
  std::string name;
  std::function<HttpResponse(const std::string&)> answer;
};

class EchoTest : public testing::TestWithParam<EchoCase> {};

TEST_P(EchoTest, IsRedacted) {
  Redaction redaction;
  for (const char* secret : {kCode, kVerifier, kKey}) redaction.Add(secret);
  for (const std::string secret : {kCode, kVerifier, kKey}) {
    const HttpResponse response = GetParam().answer(secret);
    // The positive control: without redaction the secret would be seen.
    EXPECT_THAT(Shown(response, Redaction()), HasSubstr(secret));
    EXPECT_THAT(Shown(response, redaction), Not(HasSubstr(secret)));
    EXPECT_THAT(Shown(response, redaction), HasSubstr("redacted"));
  }
}

HttpResponse WithBody(int status, std::string body, std::string content_type) {
  HttpResponse response = HtmlPage(status, std::move(body));
  response.content_type = std::move(content_type);
  return response;
}

constexpr char kJson[] = "application/json";

INSTANTIATE_TEST_SUITE_P(
    Places, EchoTest,
    testing::Values(
        EchoCase{"Message", [](auto s) { return JsonError(403, "bad code " + s + "!"); }},
        EchoCase{"MessageNamesAField",
                 [](auto s) { return JsonError(400, "code_verifier " + s + " is wrong"); }},
        EchoCase{"MessageAtTheCut",
                 [](auto s) { return JsonError(403, std::string(190, 'a') + s + s); }},
        EchoCase{"MetadataValue",
                 [](auto s) {
                   return JsonError(403, "no", R"(,"metadata":{"a":{"b":["x )" + s + R"("]}})");
                 }},
        EchoCase{"MetadataName",
                 [](auto s) { return JsonError(403, "no", R"(,"metadata":{")" + s + R"(":1})"); }},
        EchoCase{"DeepMetadataName",
                 [](auto s) {
                   return JsonError(403, "no", R"(,"metadata":{"a":[{")" + s + R"(":{}}]})");
                 }},
        EchoCase{"UserId",
                 [](auto s) {
                   return WithBody(
                       403, R"({"error":{"code":1,"message":"no"},"user_id":")" + s + "\"}", kJson);
                 }},
        EchoCase{"Page", [](auto s) { return HtmlPage(403, "<p>code=" + s + "</p>"); }},
        EchoCase{"PageWithoutMarkup", [](auto s) { return WithBody(500, s, "text/plain"); }},
        EchoCase{"JsonOfAnotherShape",
                 [](auto s) { return WithBody(403, R"({"detail":")" + s + "\"}", kJson); }},
        EchoCase{"ContentType", [](auto s) { return WithBody(403, "", "text/plain; x=" + s); }},
        EchoCase{"RequestId",
                 [](auto s) {
                   HttpResponse response = JsonError(403);
                   response.request_id = "id-" + s;
                   return response;
                 }},
        EchoCase{"EscapedInJson",
                 [](std::string s) {
                   s.replace(0, 1, s[0] == 'c' ? "\\u0063" : "\\u0073");
                   return JsonError(403, s);
                 }}),
    [](const auto& row) { return row.param.name; });

// Where the secret is the host of a redirect it is dropped as a whole.
TEST(ErrorSecrecy, DropsARedirectToASecret) {
  HttpResponse response = HtmlPage(302, "");
  response.location = std::string("https://") + kCode + ".example/";
  Redaction redaction;
  redaction.Add(kCode);
  EXPECT_THAT(Shown(response, Redaction()), HasSubstr(kCode));
  EXPECT_THAT(Shown(response, redaction), Not(HasSubstr(kCode)));
}

class SuccessBodyTest : public testing::TestWithParam<int> {};

// The key of a lost reply is not among the secrets of the call: nobody could read it.
TEST_P(SuccessBodyTest, AppearsNowhere) {
  for (const Rpc rpc : {Rpc::kCreateAuthCode, kExchange}) {
    for (const char* content_type : {"application/json", "text/html", ""}) {
      for (const std::string body :
           {R"({"key":"sk-canary-1")", R"({"error":{"code":1,"message":"sk-canary-1"}})",
            "sk-canary-1"}) {
        HttpResponse response = WithBody(GetParam(), body, content_type);
        EXPECT_THAT(Shown(response, Redaction(), rpc), Not(HasSubstr(kKey)));
        // The positive control: the same body of an error is shown.
        response.status = 500;
        EXPECT_THAT(Shown(response, Redaction(), rpc), HasSubstr(kKey));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Statuses, SuccessBodyTest,
                         testing::Values(200, 201, 202, 203, 204, 206, 226, 299));

}  // namespace
}  // namespace modelgates::gateway
