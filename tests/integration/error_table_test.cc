#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "integration/gateway_fixture.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAreArray;
namespace v1 = modelgates::oauth::v1;

// The tables "Transport" and "HTTP answers" of errors.md, read from the contract and not from the
// gateway's own table, each row over the wire for both RPCs. A call may make two attempts.

// Whether a row is tried again by default.
enum class Again { kYes, kUnsent, kOneRecovery, kNever };

struct Want {
  grpc::StatusCode code;
  const char* reason;
  Again again;
};

struct Row {
  const char* name;
  Want create;
  Want exchange;
  const char* auth_code_state;
};

constexpr int kAttempts = 2;

// The upstream has to receive this many requests.
size_t RequestsOf(Again again) { return again == Again::kNever ? 1 : kAttempts; }

const char* StopReasonOf(Again again) {
  switch (again) {
    case Again::kYes:
    case Again::kUnsent:
      return "attempts_exhausted";
    case Again::kOneRecovery:
      return "unsafe_exchange";
    case Again::kNever:
      return "not_retryable";
  }
  return "";
}

void ExpectRow(const CallEnd& call, const Want& want, const std::string& rpc,
               const std::string& auth_code_state) {
  SCOPED_TRACE(testing::PrintToString(call));
  EXPECT_THAT(call, FailsWith(want.code, want.reason));
  ExpectEnvelope(call, rpc);
  const TypedError error = ErrorOf(call);
  EXPECT_EQ(error.Metadata("stopReason"), StopReasonOf(want.again));
  // We have waited ourselves, or waiting does not help.
  EXPECT_EQ(error.Metadata("retryable"), "false");
  EXPECT_EQ(error.Metadata("attempts"), std::to_string(RequestsOf(want.again)));
  ASSERT_TRUE(error.upstream);
  EXPECT_EQ(static_cast<size_t>(error.upstream->attempt_log_size()), RequestsOf(want.again));
  if (rpc == "ExchangeAuthCode") {
    EXPECT_EQ(error.Metadata("authCodeState"), auth_code_state);
  }
}

class ErrorTable : public GatewayTest {
 protected:
  ErrorTable() { config_.max_attempts = kAttempts; }

  // An answer that the API did not give.
  static Answer Page(const std::string& status, const std::string& type, const std::string& body) {
    return Answer::Bytes("HTTP/1.1 " + status + "\r\n" +
                         (type.empty() ? "" : "Content-Type: " + type + "\r\n") +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
};

// ---- Answers

struct Status {
  int http_status;
  const char* suffix;
  Answer::Fields fields;
  grpc::StatusCode code;
  const char* reason;
  Again create;
  Again exchange;
  const char* auth_code_state;
  // Beside ErrorInfo, RequestInfo, UpstreamError and, when the answer had a wait, RetryInfo.
  std::vector<std::string> details{};
  const char* create_sdk_error = "ModelGatesDefaultError";
  const char* exchange_sdk_error = "ModelGatesDefaultError";
};

class ErrorAnswers : public ErrorTable, public testing::WithParamInterface<Status> {
 protected:
  static bool HasBody() { return GetParam().http_status != 204 && GetParam().http_status != 304; }

  void Check(const CallEnd& call, const Want& want, const std::string& rpc, const char* sdk_error) {
    ExpectRow(call, want, rpc, GetParam().auth_code_state);
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("origin"), "upstream");
    EXPECT_EQ(error.Metadata("httpStatus"), std::to_string(GetParam().http_status));
    EXPECT_EQ(error.Metadata("sdkError"), sdk_error);
    EXPECT_EQ(error.Metadata("upstreamRequestId"), "upstream-id-1");
    ASSERT_TRUE(error.upstream);
    EXPECT_EQ(error.upstream->http_status(), GetParam().http_status);
    EXPECT_EQ(error.upstream->upstream_request_id(), "upstream-id-1");
    for (const v1::Attempt& attempt : error.upstream->attempt_log()) {
      EXPECT_EQ(attempt.http_status(), GetParam().http_status);
      EXPECT_EQ(attempt.failure(), "");
    }
    EXPECT_THAT(error.types, ElementsAreArray(TypesFor()));
    const bool waits = !GetParam().fields.empty() && GetParam().fields[0].first == "retry-after-ms";
    EXPECT_EQ(error.RetryMilliseconds(), waits ? 20 : -1);
  }

  static std::vector<std::string> TypesFor() {
    const auto wanted = [&](const char* type) {
      const auto& details = GetParam().details;
      if (std::string(type) == "RetryInfo") {
        return !GetParam().fields.empty() && GetParam().fields[0].first == "retry-after-ms";
      }
      // Every answer that is none leaves a person without a sign-in.
      if (std::string(type) == "LocalizedMessage") return true;
      return std::find(details.begin(), details.end(), type) != details.end();
    };
    std::vector<std::string> types = {"ErrorInfo"};
    for (const char* type : {"BadRequest", "PreconditionFailure", "QuotaFailure", "RetryInfo"}) {
      if (wanted(type)) types.emplace_back(type);
    }
    types.emplace_back("RequestInfo");
    for (const char* type : {"Help", "LocalizedMessage"}) {
      if (wanted(type)) types.emplace_back(type);
    }
    types.emplace_back("UpstreamError");
    return types;
  }
};

TEST_P(ErrorAnswers, AreWhatTheTableSays) {
  const Status& row = GetParam();
  Answer::Fields fields = row.fields;
  fields.emplace_back("x-request-id", "upstream-id-1");
  const std::string body = HasBody() ? ErrorBody(row.http_status, "said the upstream") : "";
  upstream_.SetDefault(kCreatePath, Answer::Json(row.http_status, body, fields));
  upstream_.SetDefault(kExchangePath, Answer::Json(row.http_status, body, fields));

  Check(Create(), {row.code, row.reason, row.create}, "CreateAuthCode", row.create_sdk_error);
  EXPECT_EQ(upstream_.CountRequests(kCreatePath), RequestsOf(row.create));
  Check(Exchange("code-1"), {row.code, row.reason, row.exchange}, "ExchangeAuthCode",
        row.exchange_sdk_error);
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), RequestsOf(row.exchange));
}

using enum Again;
const Answer::Fields kWait = {{"retry-after-ms", "20"}};
const Answer::Fields kLocation = {{"Location", "https://elsewhere.example/api"}};

const Status kStatuses[] = {
    {201, "", {}, grpc::INTERNAL, "UPSTREAM_UNEXPECTED_STATUS", kNever, kNever, "UNKNOWN"},
    {202, "", {}, grpc::INTERNAL, "UPSTREAM_UNEXPECTED_STATUS", kNever, kNever, "UNKNOWN"},
    {204, "", {}, grpc::INTERNAL, "UPSTREAM_UNEXPECTED_STATUS", kNever, kNever, "UNKNOWN"},
    {206, "", {}, grpc::INTERNAL, "UPSTREAM_UNEXPECTED_STATUS", kNever, kNever, "UNKNOWN"},
    {226, "", {}, grpc::INTERNAL, "UPSTREAM_UNEXPECTED_STATUS", kNever, kNever, "UNKNOWN"},
    {300, "", {}, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {301, "", kLocation, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {302, "", kLocation, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {303, "", kLocation, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {304, "", {}, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {307, "", kLocation, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {308, "", kLocation, grpc::INTERNAL, "UPSTREAM_REDIRECT", kNever, kNever, "UNKNOWN", {"Help"}},
    {400,
     "",
     {},
     grpc::INVALID_ARGUMENT,
     "BAD_REQUEST",
     kNever,
     kNever,
     "REJECTED",
     {},
     "BadRequestResponseError",
     "BadRequestResponseError"},
    {401,
     "",
     {},
     grpc::UNAUTHENTICATED,
     "UNAUTHORIZED",
     kNever,
     kNever,
     "REJECTED",
     {"Help"},
     "UnauthorizedResponseError"},
    {402,
     "",
     {},
     grpc::FAILED_PRECONDITION,
     "PAYMENT_REQUIRED",
     kNever,
     kNever,
     "REJECTED",
     {"PreconditionFailure"}},
    {403,
     "",
     {},
     grpc::PERMISSION_DENIED,
     "FORBIDDEN",
     kNever,
     kNever,
     "REJECTED",
     {},
     "ModelGatesDefaultError",
     "ForbiddenResponseError"},
    {404, "", {}, grpc::NOT_FOUND, "NOT_FOUND", kNever, kNever, "REJECTED"},
    {405,
     "",
     {},
     grpc::UNIMPLEMENTED,
     "UPSTREAM_ENDPOINT_MISSING",
     kNever,
     kNever,
     "REJECTED",
     {"Help"}},
    {406, "", {}, grpc::INTERNAL, "UPSTREAM_MEDIA_TYPE_REJECTED", kNever, kNever, "REJECTED"},
    {407, "", {}, grpc::UNKNOWN, "UPSTREAM_CLIENT_ERROR", kNever, kNever, "REJECTED"},
    {408, "", {}, grpc::UNAVAILABLE, "UPSTREAM_REQUEST_TIMEOUT", kYes, kUnsent, "UNSENT"},
    {408, "WithWait", kWait, grpc::UNAVAILABLE, "UPSTREAM_REQUEST_TIMEOUT", kYes, kUnsent,
     "UNSENT"},
    {409,
     "",
     {},
     grpc::ABORTED,
     "CONFLICT",
     kNever,
     kNever,
     "REJECTED",
     {},
     "ConflictResponseError"},
    {410, "", {}, grpc::FAILED_PRECONDITION, "GONE", kNever, kNever, "REJECTED"},
    {411, "", {}, grpc::UNKNOWN, "UPSTREAM_CLIENT_ERROR", kNever, kNever, "REJECTED"},
    {412, "", {}, grpc::FAILED_PRECONDITION, "PRECONDITION_FAILED", kNever, kNever, "REJECTED"},
    {413, "", {}, grpc::INVALID_ARGUMENT, "UNPROCESSABLE", kNever, kNever, "REJECTED"},
    {414, "", {}, grpc::INVALID_ARGUMENT, "UNPROCESSABLE", kNever, kNever, "REJECTED"},
    {415, "", {}, grpc::INTERNAL, "UPSTREAM_MEDIA_TYPE_REJECTED", kNever, kNever, "REJECTED"},
    {418, "", {}, grpc::UNKNOWN, "UPSTREAM_CLIENT_ERROR", kNever, kNever, "REJECTED"},
    {422, "", {}, grpc::INVALID_ARGUMENT, "UNPROCESSABLE", kNever, kNever, "REJECTED"},
    {425, "", {}, grpc::UNAVAILABLE, "UPSTREAM_REQUEST_TIMEOUT", kYes, kUnsent, "UNSENT"},
    {429,
     "",
     {},
     grpc::RESOURCE_EXHAUSTED,
     "RATE_LIMITED",
     kYes,
     kUnsent,
     "UNSENT",
     {"QuotaFailure"}},
    {429,
     "WithWait",
     kWait,
     grpc::RESOURCE_EXHAUSTED,
     "RATE_LIMITED",
     kYes,
     kUnsent,
     "UNSENT",
     {"QuotaFailure"}},
    {431, "", {}, grpc::INVALID_ARGUMENT, "UNPROCESSABLE", kNever, kNever, "REJECTED"},
    {451, "", {}, grpc::PERMISSION_DENIED, "LEGAL_BLOCK", kNever, kNever, "REJECTED"},
    {499, "", {}, grpc::UNAVAILABLE, "UPSTREAM_CLOSED_REQUEST", kYes, kOneRecovery, "UNKNOWN"},
    {500,
     "",
     {},
     grpc::INTERNAL,
     "INTERNAL_SERVER",
     kYes,
     kOneRecovery,
     "UNKNOWN",
     {},
     "InternalServerResponseError",
     "InternalServerResponseError"},
    {501,
     "",
     {},
     grpc::UNIMPLEMENTED,
     "UPSTREAM_ENDPOINT_MISSING",
     kNever,
     kNever,
     "REJECTED",
     {"Help"}},
    {502, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {503, "", {}, grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE", kYes, kOneRecovery, "UNKNOWN"},
    {503, "WithWait", kWait, grpc::UNAVAILABLE, "UPSTREAM_UNAVAILABLE", kYes, kUnsent, "UNSENT"},
    {504, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {505, "", {}, grpc::INTERNAL, "UPSTREAM_SERVER_ERROR", kYes, kOneRecovery, "UNKNOWN"},
    {511, "", {}, grpc::INTERNAL, "UPSTREAM_SERVER_ERROR", kYes, kOneRecovery, "UNKNOWN"},
    {520, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {521, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {522, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {523, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {524, "", {}, grpc::UNAVAILABLE, "UPSTREAM_BAD_GATEWAY", kYes, kOneRecovery, "UNKNOWN"},
    {525, "", {}, grpc::INTERNAL, "UPSTREAM_SERVER_ERROR", kYes, kOneRecovery, "UNKNOWN"},
    {529, "", {}, grpc::RESOURCE_EXHAUSTED, "UPSTREAM_OVERLOADED", kYes, kOneRecovery, "UNKNOWN"},
    {529, "WithWait", kWait, grpc::RESOURCE_EXHAUSTED, "UPSTREAM_OVERLOADED", kYes, kUnsent,
     "UNSENT"},
    {599, "", {}, grpc::INTERNAL, "UPSTREAM_SERVER_ERROR", kYes, kOneRecovery, "UNKNOWN"},
};

INSTANTIATE_TEST_SUITE_P(Http, ErrorAnswers, testing::ValuesIn(kStatuses), [](const auto& row) {
  return std::to_string(row.param.http_status) + row.param.suffix;
});

// ---- What the bodies of answers add

TEST_F(ErrorTable, QuotesTheUpstream) {
  upstream_.SetDefault(
      kCreatePath,
      Answer::Json(400, R"({"error":{"code":40001,"message":"key_label is too \"long\"",
                            "metadata":{"limit":64,"hint":["shorter"]}},"user_id":"user-9"})"));
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  const TypedError error = ErrorOf(created);
  EXPECT_THAT(error.status.message(), testing::HasSubstr("key_label is too 'long'"));
  ASSERT_TRUE(error.upstream);
  EXPECT_EQ(error.upstream->code(), 40001);
  EXPECT_EQ(error.upstream->message(), "key_label is too \"long\"");
  EXPECT_EQ(error.upstream->metadata().fields().at("limit").number_value(), 64);
  EXPECT_EQ(error.upstream->user_id(), "user-9");
  EXPECT_EQ(error.upstream->body(), "");
  EXPECT_THAT(error.Fields(), testing::ElementsAre("key_label"));
}

TEST_F(ErrorTable, NamesTheFieldOfABadExchange) {
  upstream_.SetDefault(kExchangePath,
                       Answer::Json(400, ErrorBody(400, "code_challenge_method is unknown")));
  EXPECT_THAT(ErrorOf(Exchange("code-1")).Fields(), testing::ElementsAre("code_challenge_method"));
}

// The status decides, whatever the body is; what is no JSON of the shape is kept as text. But such
// an answer is not the API's, so nobody has looked at the code.
TEST_F(ErrorTable, KeepsTheStatusOfAnAnswerThatIsNotJson) {
  const Answer page = Page("409 Conflict", "text/html", "<html><b>Sorry</b> it\x01 broke</html>");
  upstream_.SetDefault(kCreatePath, page);
  upstream_.SetDefault(kExchangePath, page);
  const CallEnd exchanged = Exchange("code-1");
  for (const CallEnd& call : {CallEnd(Create()), exchanged}) {
    EXPECT_THAT(call, FailsWith(grpc::ABORTED, "CONFLICT"));
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("sdkError"), "ModelGatesDefaultError");
    ASSERT_TRUE(error.upstream);
    EXPECT_EQ(error.upstream->content_type(), "text/html");
    EXPECT_THAT(error.upstream->body(), testing::HasSubstr("Sorry"));
    EXPECT_THAT(error.upstream->body(), testing::Not(testing::ContainsRegex("[<\x01]")));
    EXPECT_THAT(call.status.error_message(), testing::Not(testing::HasSubstr("Sorry")));
  }
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNKNOWN");
}

// Given a firewall or a CDN that refuses the gateway, whatever it answers, then the user is not
// told that the code has expired: nobody has looked at it.
TEST_F(ErrorTable, TellsAFirewallFromTheApi) {
  const Answer answers[] = {
      Page("403 Forbidden", "text/html", "<html><h1>Access denied</h1>Ray ID: 7</html>"),
      Page("403 Forbidden", "text/plain", "error code: 1020"),
      Page("403 Forbidden", "", ""),
      Page("403 Forbidden", "application/json", R"({"message":"Forbidden"})"),
      Page("401 Unauthorized", "text/html", "<html><h1>401</h1></html>"),
      Page("401 Unauthorized", "", "")};
  int number = 0;
  for (const Answer& answer : answers) {
    upstream_.SetDefault(kCreatePath, answer);
    upstream_.SetDefault(kExchangePath, answer);
    const auto created = Create();
    const auto exchanged = Exchange("code-" + std::to_string(++number));
    const Want want{grpc::UNAVAILABLE, "UPSTREAM_BLOCKED", kNever};
    ExpectRow(created, want, "CreateAuthCode", "");
    ExpectRow(exchanged, want, "ExchangeAuthCode", "UNKNOWN");
    for (const CallEnd& call : {CallEnd(created), CallEnd(exchanged)}) {
      const TypedError error = ErrorOf(call);
      EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), "-1");
      EXPECT_EQ(error.Metadata("origin"), "upstream");
      EXPECT_EQ(error.Metadata("sdkError"), "ModelGatesDefaultError");
      EXPECT_TRUE(error.help);
      EXPECT_THAT(error.serialized, testing::Not(testing::HasSubstr("expired")));
    }
  }
  EXPECT_EQ(upstream_.Requests().size(), 2 * std::size(answers));
}

TEST_F(ErrorTable, HelpsWithTheBaseUrlOnA404ThatIsNotJson) {
  const Answer page = Answer::Bytes(
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope");
  upstream_.SetDefault(kCreatePath, page);
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_TRUE(ErrorOf(created).help);
}

TEST_F(ErrorTable, NamesTheHostOfARedirectAndFollowsNone) {
  FakeUpstream elsewhere;
  const Answer redirect = Answer::Json(307, "", {{"Location", elsewhere.url() + "/api/v1"}});
  upstream_.SetDefault(kCreatePath, redirect);
  upstream_.SetDefault(kExchangePath, redirect);
  EXPECT_EQ(ErrorOf(Create()).Metadata("locationHost"), "127.0.0.1");
  EXPECT_EQ(ErrorOf(Exchange("code-1")).Metadata("locationHost"), "127.0.0.1");
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(ErrorTable, DropsTheBodyOfAnErrorAboveTheCap) {
  const std::string body = ErrorBody(409, std::string(300 * 1024, 'x'));
  upstream_.SetDefault(kCreatePath, Answer::Json(409, body));
  upstream_.SetDefault(kExchangePath, Answer::Json(409, body));
  for (const CallEnd& call : {CallEnd(Create()), CallEnd(Exchange("code-1"))}) {
    EXPECT_THAT(call, FailsWith(grpc::ABORTED, "CONFLICT"));
    EXPECT_EQ(ErrorOf(call).Metadata("sdkError"), "ModelGatesDefaultError");
    EXPECT_EQ(ErrorOf(call).upstream->body(), "");
  }
}

// However much the upstream says, the caller receives the code, the reason, and what was cut.
TEST_F(ErrorTable, StaysWithinTheBudgetOfBytes) {
  std::string metadata;
  for (int i = 0; i < 100; ++i) {
    metadata += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"" + std::string(30, 'm') + "\"";
  }
  const std::string body = R"({"error":{"code":403,"message":")" + std::string(10'000, 'x') +
                           R"(","metadata":{)" + metadata + R"(}},"user_id":")" +
                           std::string(5'000, 'u') + "\"}";
  const Answer::Fields fields = {{"x-request-id", std::string(4'000, 'i')}};
  upstream_.SetDefault(kCreatePath, Answer::Json(403, body, fields));
  upstream_.SetDefault(kExchangePath, Answer::Json(403, body, fields));
  const CallSettings long_id{.metadata = {{"x-request-id", std::string(128, 'r')}}};
  const CallEnd created = client().Create(MinimalCreate(), long_id);
  const CallEnd exchanged = client().Exchange(MinimalExchange("code-1"), long_id);
  EXPECT_THAT(created, FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  EXPECT_THAT(exchanged, FailsWith(grpc::PERMISSION_DENIED, "FORBIDDEN"));
  ExpectEnvelope(created, "CreateAuthCode");
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_TRUE(ErrorOf(created).upstream->truncated());
}

// ---- 200 answers that are none

struct Bad200 {
  const char* name;
  const char* create_body;
  const char* exchange_body;
  const char* content_type = "application/json";
};

class Malformed : public ErrorTable, public testing::WithParamInterface<Bad200> {};

TEST_P(Malformed, IsInternalAndTheCodeIsSpent) {
  const auto answer = [](const std::string& body) {
    const std::string type = GetParam().content_type;
    return Answer::Bytes("HTTP/1.1 200 OK\r\n" +
                         (type.empty() ? "" : "Content-Type: " + type + "\r\n") +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  upstream_.SetDefault(kCreatePath, answer(GetParam().create_body));
  upstream_.SetDefault(kExchangePath, answer(GetParam().exchange_body));
  const auto created = Create();
  const auto exchanged = Exchange("code-1");
  const Want want{grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", kNever};
  ExpectRow(created, want, "CreateAuthCode", "");
  ExpectRow(exchanged, want, "ExchangeAuthCode", "SPENT");
  for (const CallEnd& call : {CallEnd(created), CallEnd(exchanged)}) {
    EXPECT_EQ(ErrorOf(call).Metadata("sdkError"), "ResponseValidationError");
    EXPECT_EQ(ErrorOf(call).upstream->body(), "");
    EXPECT_EQ(ErrorOf(call).upstream->message(), "");
  }
  EXPECT_EQ(upstream_.Requests().size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(
    Answers200, Malformed,
    testing::Values(Bad200{"Empty", "", ""}, Bad200{"NotJson", "<html>", "<html>"},
                    Bad200{"Array", "[]", "[]"},
                    Bad200{"Cut", R"({"data":{"id":"c"})", R"({"key":"k")"},
                    Bad200{"WithoutTheField", R"({"data":{}})", R"({"user_id":"u"})"},
                    Bad200{"Mistyped", R"({"data":{"id":7}})", R"({"key":7,"user_id":"u"})"},
                    Bad200{"Null", R"({"data":null})", R"({"key":null})"},
                    Bad200{"LoneSurrogate", R"({"data":{"id":"\ud800"}})", R"({"key":"\ud800"})"},
                    Bad200{"EmptyText", R"({"data":{"id":""}})", R"({"key":""})"},
                    Bad200{"Blank", R"({"data":{"id":" "}})", R"({"key":"  "})"},
                    Bad200{"LineBreak", R"({"data":{"id":"c\n"}})", R"({"key":"k\nk"})"},
                    Bad200{"ProblemJson", kCreatedBody, kKeyBody, "application/problem+json"}),
    [](const auto& row) { return row.param.name; });

// The code is spent by all of these, and the key is the user's.
TEST_F(ErrorTable, ReadsASuccessThatIsOnlyLabelledWrong) {
  const char* const kMark = "\xef\xbb\xbf";
  struct Label {
    const char* status;
    const char* type;
    const char* before;
  };
  const Label labels[] = {{"201 Created", "application/json", ""},
                          {"202 Accepted", "application/json", ""},
                          {"200 OK", "text/json", ""},
                          {"200 OK", "", ""},
                          {"200 OK", "text/html", ""},
                          {"200 OK", "application/json", kMark}};
  int number = 0;
  for (const Label& label : labels) {
    SCOPED_TRACE(std::string(label.status) + " " + label.type);
    upstream_.SetDefault(kCreatePath,
                         Page(label.status, label.type, label.before + std::string(kCreatedBody)));
    upstream_.SetDefault(kExchangePath,
                         Page(label.status, label.type, label.before + std::string(kKeyBody)));
    EXPECT_THAT(Create(), Succeeds());
    EXPECT_THAT(Exchange("code-" + std::to_string(++number)), Succeeds());
  }
}

// Given an upstream that says 200 and means an error, then the caller gets that error, in its
// words.
TEST_F(ErrorTable, SaysTheErrorThatA200Holds) {
  const auto says = [this](const char* body) {
    upstream_.SetDefault(kCreatePath, Answer::Json(200, body));
    upstream_.SetDefault(kExchangePath, Answer::Json(200, body));
  };
  says(R"({"error":{"code":403,"message":"no such code"}})");
  ExpectRow(Create(), {grpc::PERMISSION_DENIED, "FORBIDDEN", kNever}, "CreateAuthCode", "");
  const auto refused = Exchange("code-1");
  ExpectRow(refused, {grpc::PERMISSION_DENIED, "FORBIDDEN", kNever}, "ExchangeAuthCode",
            "REJECTED");
  EXPECT_EQ(ErrorOf(refused).upstream->message(), "no such code");
  EXPECT_EQ(ErrorOf(refused).Metadata("httpStatus"), "200");
  EXPECT_THAT(refused.status.error_message(), testing::HasSubstr("no such code"));

  says(R"({"error":{"message":"no such code"}})");
  const Want malformed{grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", kNever};
  ExpectRow(Create(), malformed, "CreateAuthCode", "");
  const auto unclear = Exchange("code-2");
  ExpectRow(unclear, malformed, "ExchangeAuthCode", "SPENT");
  EXPECT_EQ(ErrorOf(unclear).upstream->message(), "no such code");
}

TEST_F(ErrorTable, RefusesA200AboveTheCap) {
  const std::string padding(300 * 1024, ' ');
  upstream_.SetDefault(kCreatePath, Answer::Json(200, padding + kCreatedBody));
  upstream_.SetDefault(kExchangePath, Answer::Json(200, padding + kKeyBody));
  const Want want{grpc::INTERNAL, "UPSTREAM_RESPONSE_TOO_LARGE", kNever};
  ExpectRow(Create(), want, "CreateAuthCode", "");
  ExpectRow(Exchange("code-1"), want, "ExchangeAuthCode", "SPENT");
}

// ---- No complete answer

struct Fault {
  Row row;
  const char* failure;  // in the attempt log
  Answer answer;
  int http_status = 0;
};

class LostAnswers : public ErrorTable, public testing::WithParamInterface<Fault> {
 protected:
  void CheckAttempts(const CallEnd& call) {
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("origin"), "transport");
    ASSERT_TRUE(error.upstream);
    for (const v1::Attempt& attempt : error.upstream->attempt_log()) {
      EXPECT_EQ(attempt.failure(), GetParam().failure);
      EXPECT_EQ(attempt.http_status(), GetParam().http_status);
    }
  }
};

TEST_P(LostAnswers, AreWhatTheTableSays) {
  config_.attempt_timeout = milliseconds(150);
  config_.exchange_cap = milliseconds(300);
  upstream_.SetDefault(kCreatePath, GetParam().answer);
  upstream_.SetDefault(kExchangePath, GetParam().answer);
  const Row& row = GetParam().row;

  const auto created = Create();
  ExpectRow(created, row.create, "CreateAuthCode", "");
  CheckAttempts(created);
  EXPECT_EQ(upstream_.CountRequests(kCreatePath), RequestsOf(row.create.again));

  const auto exchanged = Exchange("code-1");
  ExpectRow(exchanged, row.exchange, "ExchangeAuthCode", row.auth_code_state);
  CheckAttempts(exchanged);
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), RequestsOf(row.exchange.again));
}

constexpr char kPartOf200[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Len";
constexpr char kHeadOf200[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"key\":";
constexpr char kHeadOf500[] =
    "HTTP/1.1 500 Broken\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"err";

constexpr Want kReset{grpc::UNAVAILABLE, "UPSTREAM_RESET", kYes};
constexpr Want kTruncated{grpc::UNAVAILABLE, "UPSTREAM_RESPONSE_TRUNCATED", kYes};
constexpr Want kTimeout{grpc::UNAVAILABLE, "UPSTREAM_TIMEOUT", kYes};
constexpr Want kMalformed{grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", kNever};
constexpr Want kUnknownOutcome{grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN", kOneRecovery};
constexpr Want kOutcomeSpent{grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN", kNever};

const Fault kFaults[] = {
    {{"ResetBeforeAnAnswer", kReset, kUnknownOutcome, "UNKNOWN"}, "reset", Answer().ThenReset()},
    {{"ClosedBeforeAnAnswer", kReset, kUnknownOutcome, "UNKNOWN"}, "reset", Answer().ThenClose()},
    {{"ResetWithinAHeadOf200", kTruncated, kOutcomeSpent, "SPENT"},
     "truncated",
     Answer::Bytes(kPartOf200).After(milliseconds(30)).ThenReset(),
     200},
    {{"ClosedWithinABodyOf200", kTruncated, kOutcomeSpent, "SPENT"},
     "truncated",
     Answer::Bytes(kHeadOf200).ThenClose(),
     200},
    {{"ResetWithinABodyOf500", kTruncated, kUnknownOutcome, "UNKNOWN"},
     "truncated",
     Answer::Bytes(kHeadOf500).After(milliseconds(30)).ThenReset(),
     500},
    {{"NoAnswerInTime", kTimeout, kOutcomeSpent, "UNKNOWN"}, "timeout", Answer::Hang()},
    {{"NoWholeAnswerOf200InTime", kTimeout, kOutcomeSpent, "SPENT"},
     "timeout",
     Answer::Bytes(kHeadOf200).ThenHang(),
     200},
    {{"NotHttp", kMalformed, kOutcomeSpent, "UNKNOWN"},
     "garbage",
     Answer::Bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n").ThenClose()},
    {{"BadChunkOf200", kMalformed, kOutcomeSpent, "SPENT"},
     "garbage",
     Answer::Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").ThenClose(),
     200},
};

INSTANTIATE_TEST_SUITE_P(Transport, LostAnswers, testing::ValuesIn(kFaults),
                         [](const auto& fault) { return fault.param.row.name; });

// ---- No connection

class NoConnection : public ErrorTable {
 protected:
  void Check(const char* reason, const char* failure, Again again) {
    const Want create{grpc::UNAVAILABLE, reason, again == kNever ? kNever : kYes};
    const Want exchange{grpc::UNAVAILABLE, reason, again};
    const auto created = Create();
    const auto exchanged = Exchange("code-1");
    ExpectRow(created, create, "CreateAuthCode", "");
    ExpectRow(exchanged, exchange, "ExchangeAuthCode", "UNSENT");
    for (const CallEnd& call : {CallEnd(created), CallEnd(exchanged)}) {
      const TypedError error = ErrorOf(call);
      EXPECT_EQ(error.Metadata("origin"), "transport");
      ASSERT_TRUE(error.upstream);
      for (const v1::Attempt& attempt : error.upstream->attempt_log()) {
        EXPECT_EQ(attempt.failure(), failure);
      }
    }
    EXPECT_TRUE(upstream_.Requests().empty());
  }

  // Another upstream for https.
  void UseTls(FakeUpstream& upstream, const std::string& ca_file) {
    config_.upstream = upstream.url() + "/api/v1";
    config_.upstream_ca_file = ca_file;
  }
};

TEST_F(NoConnection, NoSuchHost) {
  config_.upstream = "http://gateway-test.invalid/api/v1";
  Check("UPSTREAM_DNS_FAILURE", "dns", kUnsent);
}

TEST_F(NoConnection, Refused) {
  // Bound, so that nobody else takes the port, and not listening.
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  config_.upstream = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/api/v1";
  Check("UPSTREAM_CONNECT_FAILED", "connect", kUnsent);
  close(fd);
}

TEST_F(NoConnection, ConnectTimeout) {
  TestCertificate certificate("127.0.0.1");
  FakeUpstream silent({.tls = certificate.server_context()});
  for (int i = 0; i < 2 * kAttempts; ++i) silent.EnqueueConnection(OnAccept::kIgnore);
  UseTls(silent, certificate.ca_file());
  config_.connect_timeout = milliseconds(100);
  Check("UPSTREAM_CONNECT_FAILED", "connect_timeout", kUnsent);
}

TEST_F(NoConnection, TlsBrokenOff) {
  TestCertificate certificate("127.0.0.1");
  // Not by a reset: one that comes early enough is a connection that was never made.
  for (const OnAccept what : {OnAccept::kClose, OnAccept::kSpeakPlain}) {
    FakeUpstream broken({.tls = certificate.server_context()});
    for (int i = 0; i < 2 * kAttempts; ++i) broken.EnqueueConnection(what);
    Config config = config_;
    UseTls(broken, certificate.ca_file());
    std::swap(config, config_);
    auto server = Server::Start(config, log_.log());
    ASSERT_TRUE(server.ok());
    GatewayClient caller((*server)->grpc_address());
    ExpectRow(caller.Create(MinimalCreate()), {grpc::UNAVAILABLE, "UPSTREAM_TLS_FAILED", kYes},
              "CreateAuthCode", "");
    ExpectRow(caller.Exchange(MinimalExchange("code-1")),
              {grpc::UNAVAILABLE, "UPSTREAM_TLS_FAILED", kUnsent}, "ExchangeAuthCode", "UNSENT");
  }
}

TEST_F(NoConnection, UntrustedAuthority) {
  TestCertificate theirs("127.0.0.1");
  TestCertificate trusted("127.0.0.1");
  FakeUpstream stranger({.tls = theirs.server_context()});
  UseTls(stranger, trusted.ca_file());
  Check("UPSTREAM_TLS_UNTRUSTED", "tls_untrusted", kNever);
  EXPECT_TRUE(stranger.Requests().empty());
}

TEST_F(NoConnection, UntrustedName) {
  TestCertificate certificate("another.example");
  FakeUpstream stranger({.tls = certificate.server_context()});
  UseTls(stranger, certificate.ca_file());
  Check("UPSTREAM_TLS_UNTRUSTED", "tls_untrusted", kNever);
  EXPECT_TRUE(stranger.Requests().empty());
}

// The positive control of the two above.
TEST_F(NoConnection, TrustedCertificateServes) {
  TestCertificate certificate("127.0.0.1");
  FakeUpstream upstream({.tls = certificate.server_context()});
  AnswerBoth(upstream);
  UseTls(upstream, certificate.ca_file());
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(Exchange("code-1"), Succeeds());
}

// ---- Waits

// A wait that we do not wait for: the caller may, and is told how long.
TEST_F(ErrorTable, HandsOnAWaitThatIsTooLongForUs) {
  for (const char* path : {kCreatePath, kExchangePath}) {
    upstream_.SetDefault(path, Answer::Json(429, ErrorBody(429, "slow"), {{"Retry-After", "60"}}));
  }
  for (const bool create : {true, false}) {
    const CallEnd call = create ? CallEnd(Create()) : CallEnd(Exchange("code-1"));
    SCOPED_TRACE(testing::PrintToString(call));
    EXPECT_THAT(call, FailsWith(grpc::RESOURCE_EXHAUSTED, "RATE_LIMITED"));
    ExpectEnvelope(call, create ? "CreateAuthCode" : "ExchangeAuthCode");
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.Metadata("retryable"), "true");
    EXPECT_EQ(error.Metadata("stopReason"), "deadline");
    EXPECT_EQ(error.RetryMilliseconds(), 60'000);
    EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), "60000");
  }
  EXPECT_EQ(upstream_.Requests().size(), 2u);
}

}  // namespace
}  // namespace modelgates::gateway
