#include <gtest/gtest.h>

#include "failure/verdict.h"

// A 4xx answer means what its status says only when the API itself gave it: a CDN, a firewall and a
// proxy refuse with the same numbers, and have not looked at the code.

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using absl::StatusCode;
using UE = v1::UpstreamError;

constexpr Rpc kRpcs[] = {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode};
constexpr int kRefusals[] = {400, 401, 402, 403, 404, 405, 406, 409, 410, 411,
                             412, 413, 414, 415, 418, 422, 431, 451, 501};

HttpResponse Answer(int status, std::string content_type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

struct Page {
  const char* name;
  const char* content_type;
  const char* body;
};

class NotOfTheApi : public testing::TestWithParam<Page> {
 protected:
  static HttpResponse Get(int status) {
    return Answer(status, GetParam().content_type, GetParam().body);
  }
};

TEST_P(NotOfTheApi, IsBlockedWith401And403) {
  for (const int status : {401, 403}) {
    for (const Rpc rpc : kRpcs) {
      const Verdict verdict = Judge(rpc, Get(status));
      EXPECT_EQ(verdict.reason, v1::UPSTREAM_BLOCKED);
      EXPECT_EQ(verdict.code, StatusCode::kUnavailable);
      EXPECT_EQ(verdict.retry, status == 401 ? RetryClass::kFinal : RetryClass::kNever);
      EXPECT_TRUE(verdict.refused_in_front);
      EXPECT_EQ(verdict.row->help, HelpLink::kYes);
    }
    EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, Get(status)).auth_code_state, UE::UNKNOWN);
  }
}

// One caller whose texts displease a firewall must not open the breaker for all the others.
TEST_P(NotOfTheApi, SaysNothingBadOfTheUpstreamsHealth) {
  for (const int status : kRefusals) {
    EXPECT_EQ(ClassifyCreate(Get(status)).health, Health::kWorks) << status;
    EXPECT_EQ(ClassifyExchange(Get(status)).health, Health::kWorks) << status;
  }
}

TEST_P(NotOfTheApi, LeavesTheCodeUnknownWhateverTheRefusal) {
  for (const int status : kRefusals) {
    const Verdict verdict = Judge(Rpc::kExchangeAuthCode, Get(status));
    EXPECT_EQ(verdict.auth_code_state, UE::UNKNOWN) << status;
    EXPECT_TRUE(verdict.refused_in_front) << status;
    EXPECT_EQ(verdict.retry, status == 401 ? RetryClass::kFinal : RetryClass::kNever) << status;
    if (status == 401 || status == 403) continue;
    // Code and reason stay those of the status.
    const Verdict of_api = Judge(Rpc::kExchangeAuthCode,
                                 Answer(status, "application/json", R"({"error":{"code":1}})"));
    EXPECT_EQ(verdict.reason, of_api.reason) << status;
    EXPECT_EQ(verdict.code, of_api.code) << status;
  }
}

TEST_P(NotOfTheApi, MakesNoDifferenceWhereNobodyLookedAtTheCode) {
  for (const int status : {408, 425, 429, 503}) {
    HttpResponse response = Get(status);
    response.retry_after = "2";
    const Verdict verdict = Judge(Rpc::kExchangeAuthCode, response);
    EXPECT_EQ(verdict.auth_code_state, UE::UNSENT) << status;
    EXPECT_EQ(verdict.retry, RetryClass::kIfUnsent) << status;
    EXPECT_FALSE(verdict.refused_in_front) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Pages, NotOfTheApi,
    testing::Values(Page{"Html", "text/html", "<html><h1>403 Forbidden</h1></html>"},
                    Page{"Text", "text/plain", "error code: 1020"}, Page{"Empty", "", ""},
                    Page{"EmptyJson", "application/json", ""},
                    Page{"CutJson", "application/json", R"({"error":{"code":403)"},
                    Page{"JsonOfAFirewall", "application/json", R"({"message":"Forbidden"})"},
                    Page{"JsonArray", "application/json", R"(["Forbidden"])"},
                    Page{"ProblemJson", "application/problem+json",
                         R"({"title":"Access denied","status":403})"}),
    [](const auto& row) { return row.param.name; });

class OfTheApi : public testing::TestWithParam<Page> {};

TEST_P(OfTheApi, MeansWhatItsStatusSays) {
  const auto verdict = [](int status) {
    return Judge(Rpc::kExchangeAuthCode, Answer(status, GetParam().content_type, GetParam().body));
  };
  EXPECT_EQ(verdict(401).reason, v1::UNAUTHORIZED);
  EXPECT_EQ(verdict(403).reason, v1::FORBIDDEN);
  for (const int status : kRefusals) {
    EXPECT_EQ(verdict(status).auth_code_state, UE::REJECTED) << status;
    EXPECT_FALSE(verdict(status).refused_in_front) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Errors, OfTheApi,
    testing::Values(Page{"Documented", "application/json",
                         R"({"error":{"code":403,"message":"Invalid code"}})"},
                    Page{"OAuth", "application/json",
                         R"({"error":"invalid_grant","error_description":"expired"})"},
                    Page{"CodeIsWord", "application/json; charset=utf-8",
                         R"({"error":{"code":"invalid_grant","message":"expired"}})"},
                    Page{"OtherMediaType", "text/json", R"({"error":{"code":403,"message":"m"}})"},
                    Page{"NoMediaType", "", R"({"error":{"code":403,"message":"m"}})"},
                    Page{"ByteOrderMark", "application/json",
                         "\xEF\xBB\xBF{\"error\":{\"code\":403,\"message\":\"m\"}}"}),
    [](const auto& row) { return row.param.name; });

// Of a body that was dropped the media type is all there is to go by.
TEST(AnswerAuthor, OfABodyThatWasDroppedIsWhatItsTypeSays) {
  for (const BodyState state : {BodyState::kTooLarge, BodyState::kUndecodable}) {
    HttpResponse response = Answer(403, "text/html", "");
    response.body_state = state;
    EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, response).reason, v1::UPSTREAM_BLOCKED);
    for (const char* type : {"application/json; charset=utf-8", ""}) {
      response.content_type = type;
      const Verdict verdict = Judge(Rpc::kExchangeAuthCode, response);
      EXPECT_EQ(verdict.reason, v1::FORBIDDEN);
      EXPECT_EQ(verdict.auth_code_state, UE::REJECTED);
    }
  }
}

struct ErrorIn2xx {
  const char* name;
  int status;
  const char* body;
  ErrorReason reason;
  AuthCodeState state;
};

// A success that holds an error instead of a key is that error.
class ErrorInASuccess : public testing::TestWithParam<ErrorIn2xx> {};

TEST_P(ErrorInASuccess, IsTheErrorThatItSays) {
  const ErrorIn2xx& row = GetParam();
  const HttpResponse response = Answer(row.status, "application/json", row.body);
  EXPECT_EQ(Judge(Rpc::kCreateAuthCode, response).reason, row.reason);
  const Verdict verdict = Judge(Rpc::kExchangeAuthCode, response);
  EXPECT_EQ(verdict.reason, row.reason);
  EXPECT_EQ(verdict.auth_code_state, row.state);
  EXPECT_FALSE(verdict.refused_in_front);
  // No second request: the first one was a success to somebody.
  EXPECT_EQ(ClassifyCreate(response).retry, RetryClass::kNever);
  EXPECT_EQ(ClassifyExchange(response).retry, RetryClass::kNever);
  EXPECT_EQ(ClassifyExchange(response).health, Health::kWorks);
}

INSTANTIATE_TEST_SUITE_P(
    Errors, ErrorInASuccess,
    testing::Values(
        ErrorIn2xx{"S403", 200, R"({"error":{"code":403,"message":"m"}})", v1::FORBIDDEN,
                   UE::REJECTED},
        ErrorIn2xx{"S401", 200, R"({"error":{"code":"401"}})", v1::UNAUTHORIZED, UE::REJECTED},
        ErrorIn2xx{"S429", 200, R"({"error":{"code":429,"message":"m"}})", v1::RATE_LIMITED,
                   UE::UNSENT},
        ErrorIn2xx{"S500", 200, R"({"error":{"code":500,"message":"m"}})", v1::INTERNAL_SERVER,
                   UE::UNKNOWN},
        ErrorIn2xx{"S403In201", 201, R"({"error":{"code":403,"message":"m"}})", v1::FORBIDDEN,
                   UE::REJECTED},
        ErrorIn2xx{"NoStatus", 200, R"({"error":{"message":"m"}})", v1::UPSTREAM_RESPONSE_MALFORMED,
                   UE::SPENT},
        ErrorIn2xx{"Word", 200, R"({"error":"invalid_grant"})", v1::UPSTREAM_RESPONSE_MALFORMED,
                   UE::SPENT},
        ErrorIn2xx{"StatusOfASuccess", 200, R"({"error":{"code":200,"message":"m"}})",
                   v1::UPSTREAM_RESPONSE_MALFORMED, UE::SPENT},
        ErrorIn2xx{"NumberThatIsNoStatus", 200, R"({"error":{"code":40001,"message":"m"}})",
                   v1::UPSTREAM_RESPONSE_MALFORMED, UE::SPENT},
        ErrorIn2xx{"OfSomebodyElse", 200, R"({"message":"m"})", v1::UPSTREAM_RESPONSE_MALFORMED,
                   UE::SPENT}),
    [](const auto& row) { return row.param.name; });

// Once the status line of any success was read, the code is taken for spent.
TEST(AnswerAuthor, OfASuccessThatBrokeOffIsSpent) {
  for (const int status : {200, 201, 299}) {
    const TransportError cut{TransportFailure::kTruncated, Delivery::kAnswered, status};
    EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, cut).auth_code_state, UE::SPENT) << status;
    EXPECT_EQ(ClassifyExchange(cut).retry, RetryClass::kNever) << status;
  }
}

}  // namespace
}  // namespace modelgates::gateway
