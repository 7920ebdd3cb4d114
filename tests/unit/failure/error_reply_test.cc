#include "failure/error_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using UE = v1::UpstreamError;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::UnorderedElementsAre;

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;
using Names = std::vector<std::string>;

ErrorReply Mapped(const FailedCall& failed, const Redaction& redaction = {}) {
  ErrorReply error = ToErrorReply(failed, "request-1", redaction);
  EXPECT_EQ(error.status.code(), static_cast<int>(failed.code));
  EXPECT_LE(error.status.message().size(), 512u);
  EXPECT_LE(error.status.ByteSizeLong(), 4096u);
  return error;
}

google::rpc::ErrorInfo InfoOf(const ErrorReply& error) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(error.status);
  EXPECT_TRUE(info.has_value());
  return info.value_or(google::rpc::ErrorInfo());
}

std::string MetadataOf(const ErrorReply& error, const std::string& key) {
  const google::rpc::ErrorInfo info = InfoOf(error);
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? "(none)" : found->second;
}

// Which details an answer brings, in their order.
struct DetailsCase {
  std::string name;
  Rpc rpc;
  HttpResponse response;
  Names names;
  std::string sdk_error;
};

class AnswerDetailsTest : public testing::TestWithParam<DetailsCase> {};

TEST_P(AnswerDetailsTest, AreThoseOfTheContractInItsOrder) {
  const DetailsCase& row = GetParam();
  const ErrorReply error = Mapped(FailUpstream(row.rpc, OutcomeOf(row.response)));
  EXPECT_EQ(DetailNames(error.status), row.names);
  EXPECT_EQ(MetadataOf(error, "sdkError"), row.sdk_error);
  EXPECT_EQ(MetadataOf(error, "httpStatus"), std::to_string(row.response.status));
  EXPECT_EQ(MetadataOf(error, "origin"), "upstream");
}

const Names kPlain = {"ErrorInfo", "RequestInfo", "LocalizedMessage", "UpstreamError"};
const Names kWithHelp = {"ErrorInfo", "RequestInfo", "Help", "LocalizedMessage", "UpstreamError"};
const Names kWithField = {"ErrorInfo", "BadRequest", "RequestInfo", "LocalizedMessage",
                          "UpstreamError"};
constexpr char kDefault[] = "ModelGatesDefaultError";

INSTANTIATE_TEST_SUITE_P(
    Answers, AnswerDetailsTest,
    testing::Values(
        DetailsCase{"Malformed200", kCreate, HtmlPage(200, ""), kPlain, "ResponseValidationError"},
        DetailsCase{"ErrorIn200", kExchange, JsonError(200), kPlain, "ResponseValidationError"},
        DetailsCase{"S204", kExchange, HtmlPage(204, ""), kPlain, kDefault},
        DetailsCase{"Redirect", kCreate, HtmlPage(302, ""), kWithHelp, kDefault},
        DetailsCase{"S400", kCreate, JsonError(400), kPlain, "BadRequestResponseError"},
        DetailsCase{"S400NamesAField", kCreate, JsonError(400, "bad callback_url"), kWithField,
                    "BadRequestResponseError"},
        DetailsCase{"S400Html", kCreate, HtmlPage(400, "bad callback_url"), kPlain, kDefault},
        DetailsCase{"S401", kCreate, JsonError(401), kWithHelp, "UnauthorizedResponseError"},
        DetailsCase{"S401OfExchange", kExchange, JsonError(401), kWithHelp, kDefault},
        DetailsCase{"S402",
                    kCreate,
                    JsonError(402),
                    {"ErrorInfo", "PreconditionFailure", "RequestInfo", "LocalizedMessage",
                     "UpstreamError"},
                    kDefault},
        DetailsCase{"S403OfCreate", kCreate, JsonError(403), kPlain, kDefault},
        DetailsCase{"S403OfExchange",
                    kExchange,
                    JsonError(403),
                    {"ErrorInfo", "RequestInfo", "LocalizedMessage", "UpstreamError"},
                    "ForbiddenResponseError"},
        DetailsCase{"S404Json", kCreate, JsonError(404), kPlain, kDefault},
        DetailsCase{"S404Html", kCreate, HtmlPage(404, "Not Found"), kWithHelp, kDefault},
        DetailsCase{"S405", kCreate, JsonError(405), kWithHelp, kDefault},
        DetailsCase{"S409", kCreate, JsonError(409), kPlain, "ConflictResponseError"},
        DetailsCase{"S422NamesAField", kCreate, JsonError(422, "bad callback_url"), kPlain,
                    kDefault},
        DetailsCase{
            "S429",
            kCreate,
            JsonError(429),
            {"ErrorInfo", "QuotaFailure", "RequestInfo", "LocalizedMessage", "UpstreamError"},
            kDefault},
        DetailsCase{"S500", kExchange, JsonError(500), kPlain, "InternalServerResponseError"},
        DetailsCase{"S501", kCreate, JsonError(501), kWithHelp, kDefault},
        DetailsCase{"S503", kExchange, HtmlPage(503, ""), kPlain, kDefault}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorReply, SaysEverythingOnceAboutARateLimit) {
  HttpResponse response = JsonError(429, "slow down");
  response.request_id = "up-1";
  Outcome outcome = OutcomeOf(response, StopReason::kDeadline, {RecordOf(JsonError(503))});
  outcome.retry_after = 61'500ms;
  const ErrorReply error = Mapped(FailUpstream(kExchange, outcome));

  EXPECT_EQ(error.status.code(), 8);
  EXPECT_EQ(error.status.message(),
            "the upstream limits the rate of requests: try again in 62 s; it said \"slow down\"");
  EXPECT_THAT(DetailNames(error.status),
              ElementsAre("ErrorInfo", "QuotaFailure", "RetryInfo", "RequestInfo",
                          "LocalizedMessage", "UpstreamError"));
  EXPECT_EQ(FindDetail<google::rpc::LocalizedMessage>(error.status)->message(),
            "Sign-in is not available at the moment. Please try again in 62 seconds.");
  const google::rpc::ErrorInfo info = InfoOf(error);
  EXPECT_EQ(info.domain(), "modelgates.ai");
  EXPECT_EQ(info.reason(), "RATE_LIMITED");
  const std::map<std::string, std::string> metadata(info.metadata().begin(), info.metadata().end());
  const std::map<std::string, std::string> expected = {
      {"origin", "upstream"},     {"rpc", "ExchangeAuthCode"}, {"requestId", "request-1"},
      {"attempts", "2"},          {"retryable", "true"},       {"stopReason", "deadline"},
      {"httpStatus", "429"},      {"sdkError", kDefault},      {"upstreamRequestId", "up-1"},
      {"authCodeState", "UNSENT"}};
  EXPECT_EQ(metadata, expected);
  const auto retry_info = FindDetail<google::rpc::RetryInfo>(error.status);
  EXPECT_EQ(retry_info->retry_delay().seconds(), 61);
  EXPECT_EQ(retry_info->retry_delay().nanos(), 500'000'000);
  EXPECT_EQ(FindDetail<google::rpc::RequestInfo>(error.status)->request_id(), "request-1");
  EXPECT_EQ(error.retry_pushback, "61500");
  EXPECT_FALSE(error.details_truncated);
}

TEST(ErrorReply, LeavesOutWhatIsNotKnown) {
  const ErrorReply error = Mapped(FailLocally(kCreate, v1::CREDENTIAL_MISSING));
  EXPECT_THAT(DetailNames(error.status), ElementsAre("ErrorInfo", "RequestInfo", "Help"));
  EXPECT_THAT(InfoOf(error).metadata(),
              UnorderedElementsAre(Key("origin"), Key("rpc"), Key("requestId"), Key("attempts"),
                                   Key("retryable"), Key("stopReason")));
  EXPECT_EQ(MetadataOf(error, "origin"), "caller");
  EXPECT_EQ(MetadataOf(error, "attempts"), "0");
}

struct PushbackCase {
  std::string name;
  ErrorReason reason;
  std::string pushback;
  std::string retryable;
  bool has_retry_info;
};

class PushbackTest : public testing::TestWithParam<PushbackCase> {};

TEST_P(PushbackTest, TellsTheCallersOwnRetries) {
  const ErrorReply error = Mapped(FailLocally(kExchange, GetParam().reason));
  EXPECT_EQ(error.retry_pushback, GetParam().pushback);
  EXPECT_EQ(MetadataOf(error, "retryable"), GetParam().retryable);
  EXPECT_EQ(FindDetail<google::rpc::RetryInfo>(error.status).has_value(),
            GetParam().has_retry_info);
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, PushbackTest,
    testing::Values(PushbackCase{"Overload", v1::GATEWAY_OVERLOADED, "1000", "true", true},
                    PushbackCase{"Share", v1::CALLER_LIMIT_EXCEEDED, "1000", "true", true},
                    PushbackCase{"Drain", v1::GATEWAY_DRAINING, "0", "true", true},
                    PushbackCase{"InProgress", v1::EXCHANGE_IN_PROGRESS, "500", "true", true},
                    PushbackCase{"BreakerWithoutWait", v1::UPSTREAM_CIRCUIT_OPEN, "", "true",
                                 false},
                    PushbackCase{"Deadline", v1::DEADLINE_EXCEEDED, "-1", "false", false},
                    PushbackCase{"Cancelled", v1::CALLER_CANCELLED, "-1", "false", false},
                    PushbackCase{"Field", v1::FIELD_INVALID, "-1", "false", false}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorReply, SaysWhenTheBreakerLetsTheNextProbeThrough) {
  Outcome refused;
  refused.stop = StopReason::kBreakerOpen;
  refused.retry_after = 650ms;
  refused.breaker_failure = v1::UPSTREAM_CONNECT_FAILED;
  const ErrorReply error = Mapped(FailUpstream(kExchange, refused));
  EXPECT_THAT(DetailNames(error.status),
              ElementsAre("ErrorInfo", "RetryInfo", "RequestInfo", "LocalizedMessage"));
  EXPECT_EQ(InfoOf(error).reason(), "UPSTREAM_CIRCUIT_OPEN");
  EXPECT_EQ(MetadataOf(error, "origin"), "gateway");
  EXPECT_EQ(MetadataOf(error, "attempts"), "0");
  EXPECT_EQ(MetadataOf(error, "stopReason"), "breaker_open");
  EXPECT_EQ(MetadataOf(error, "retryable"), "true");
  EXPECT_EQ(MetadataOf(error, "authCodeState"), "UNSENT");
  EXPECT_EQ(MetadataOf(error, "lastFailure"), "UPSTREAM_CONNECT_FAILED");
  EXPECT_EQ(FindDetail<google::rpc::RetryInfo>(error.status)->retry_delay().nanos(), 650'000'000);
  EXPECT_EQ(error.retry_pushback, "650");
}

TEST(ErrorReply, ForbidsRepeatsEvenWhereAWaitIsKnown) {
  Outcome outcome = OutcomeOf(JsonError(503), StopReason::kAttemptsExhausted);
  outcome.retry_after = 2000ms;
  const ErrorReply error = Mapped(FailUpstream(kCreate, outcome));
  EXPECT_EQ(error.retry_pushback, "-1");
  EXPECT_EQ(FindDetail<google::rpc::RetryInfo>(error.status)->retry_delay().seconds(), 2);
}

TEST(ErrorReply, NamesAllViolations) {
  const FailedCall failed =
      FailValidation(kCreate, {{"callback_url", "must be https", v1::CALLBACK_URL_NOT_ALLOWED},
                               {"limit", "must be finite", v1::FIELD_INVALID}});
  const ErrorReply error = Mapped(failed);
  EXPECT_THAT(DetailNames(error.status), ElementsAre("ErrorInfo", "BadRequest", "RequestInfo"));
  EXPECT_EQ(InfoOf(error).reason(), "FIELD_INVALID");
  EXPECT_EQ(error.status.message(),
            "the request has a field that cannot be sent: callback_url must be https; limit must "
            "be finite");
  const auto bad_request = FindDetail<google::rpc::BadRequest>(error.status);
  ASSERT_EQ(bad_request->field_violations_size(), 2);
  EXPECT_EQ(bad_request->field_violations(1).field(), "limit");
  EXPECT_EQ(bad_request->field_violations(1).description(), "must be finite");
}

// Wherever a long message is cut: Node.js drops a field that ends with white space, and with it the
// message.
TEST(ErrorReply, HasAMessageThatEndsWithNoSpace) {
  for (size_t length = 0; length < 20; ++length) {
    const std::string rule = std::string(length, 'x') + std::string(500, ' ');
    const ErrorReply error =
        Mapped(FailValidation(kCreate, {{"limit", rule + "must be finite", v1::FIELD_INVALID}}));
    EXPECT_LE(error.status.message().size(), 512u);
    EXPECT_THAT(error.status.message(), testing::Not(testing::EndsWith(" ")));
  }
}

TEST(ErrorReply, HelpsWithTheCallbackPolicy) {
  const ErrorReply error = Mapped(
      FailValidation(kCreate, {{"callback_url", "must be https", v1::CALLBACK_URL_NOT_ALLOWED}}));
  EXPECT_THAT(DetailNames(error.status),
              ElementsAre("ErrorInfo", "BadRequest", "RequestInfo", "Help"));
  const auto help = FindDetail<google::rpc::Help>(error.status);
  EXPECT_EQ(help->links(0).url(),
            "https://modelgates.ai/docs/oauth-gateway/errors#CALLBACK_URL_NOT_ALLOWED");
  EXPECT_EQ(help->links(0).description(), "what CALLBACK_URL_NOT_ALLOWED means and what to do");
}

struct LocationCase {
  std::string name;
  std::string location;
  std::string host;
};

class LocationTest : public testing::TestWithParam<LocationCase> {};

TEST_P(LocationTest, ShowsTheHostAlone) {
  HttpResponse response = HtmlPage(302, "");
  response.location = GetParam().location;
  Redaction redaction;
  redaction.Add("code-secret");
  const ErrorReply error = Mapped(FailUpstream(kExchange, OutcomeOf(response)), redaction);
  EXPECT_EQ(MetadataOf(error, "locationHost"), GetParam().host);
  EXPECT_THAT(error.status.SerializeAsString(), testing::Not(HasSubstr("code-secret")));
}

INSTANTIATE_TEST_SUITE_P(
    Locations, LocationTest,
    testing::Values(LocationCase{"Absolute", "https://Other.Example:8443/x?y", "other.example"},
                    LocationCase{"WithSecret", "https://a.b/?code=code-secret", "a.b"},
                    LocationCase{"SecretAsHost", "https://code-secret.a.b/", "(none)"},
                    LocationCase{"SecretEncodedInHost", "https://code%2dsecret.a.b/", "(none)"},
                    LocationCase{"Relative", "/x", "(none)"}, LocationCase{"Empty", "", "(none)"},
                    LocationCase{"Garbage", "\x01\xff", "(none)"}),
    [](const auto& row) { return row.param.name; });

// What the text advises.
struct MessageCase {
  std::string name;
  Rpc rpc;
  HttpResult last;
  std::string message;
};

class MessageTest : public testing::TestWithParam<MessageCase> {};

TEST_P(MessageTest, SaysWhatHappenedThenWhatToDo) {
  EXPECT_EQ(Mapped(FailUpstream(GetParam().rpc, OutcomeOf(GetParam().last))).status.message(),
            GetParam().message);
}

const HttpResult kReset = TransportError{TransportFailure::kReset, Delivery::kMaybe};
const HttpResult kTruncated200 =
    TransportError{TransportFailure::kTruncated, Delivery::kAnswered, 200};

INSTANTIATE_TEST_SUITE_P(
    Texts, MessageTest,
    testing::Values(
        MessageCase{"S500OfCreate", kCreate, HtmlPage(500, "x"),
                    "the upstream failed: report it to its operators"},
        MessageCase{"S500OfExchange", kExchange, HtmlPage(500, "x"),
                    "the upstream failed: report it to its operators; the authorization code may "
                    "be spent: start a new authorization"},
        MessageCase{"ResetOfCreate", kCreate, kReset,
                    "the connection to the upstream ended before an answer: operators should check "
                    "the upstream"},
        MessageCase{"ResetOfExchange", kExchange, kReset,
                    "the connection to the upstream ended before an answer: operators should check "
                    "the upstream; the authorization code may be spent: start a new "
                    "authorization"},
        MessageCase{"TruncatedSuccessOfExchange", kExchange, kTruncated200,
                    "the connection to the upstream ended within its answer: operators should "
                    "check the upstream; the authorization code is spent: start a new "
                    "authorization"},
        MessageCase{"RedirectOfExchange", kExchange, HtmlPage(302, ""),
                    "the upstream answered with a redirect, which is never followed: operators "
                    "should check --upstream; the authorization code may be spent: start a new "
                    "authorization"},
        MessageCase{"Quoted", kCreate, JsonError(400, "wrong"),
                    "the upstream refused the request: correct it; it said \"wrong\""},
        MessageCase{"QuotesWithin", kCreate, JsonError(400, R"(not \"S256\")"),
                    "the upstream refused the request: correct it; it said \"not 'S256'\""},
        MessageCase{"ForbiddenCreate", kCreate, JsonError(403, "no"),
                    "the upstream does not permit this: check the credential; it said \"no\""},
        MessageCase{"ForbiddenExchange", kExchange, JsonError(403, "no"),
                    "the upstream does not permit this: start a new authorization; it said \"no\""},
        MessageCase{"NothingSaid", kCreate, JsonError(400, ""),
                    "the upstream refused the request: correct it"},
        MessageCase{"Markup", kCreate, JsonError(400, "<p>a <b>b</b></p><script>x</script>"),
                    "the upstream refused the request: correct it; it said \"a b\""},
        MessageCase{"NothingButMarkup", kCreate, JsonError(400, "<hr>"),
                    "the upstream refused the request: correct it"},
        MessageCase{"ControlCharacters", kCreate, JsonError(400, R"(a\u0000b\u001bc\u0085d\r\ne)"),
                    "the upstream refused the request: correct it; it said \"a b c d e\""}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorReply, TellsOfAnEarlierAttemptInsteadOfARefusal) {
  const Outcome outcome = OutcomeOf(JsonError(403, "Invalid code"), StopReason::kNotRetryable,
                                    {RecordOf(kReset, true)});
  const ErrorReply error = Mapped(FailUpstream(kExchange, outcome));
  EXPECT_EQ(error.status.code(), 10);
  EXPECT_EQ(error.status.message(),
            "an earlier attempt had an unknown outcome, so the authorization code may be spent: "
            "start a new authorization; it said \"Invalid code\"");
  EXPECT_EQ(DetailNames(error.status), kPlain);
  EXPECT_EQ(InfoOf(error).reason(), "EXCHANGE_OUTCOME_UNKNOWN");
  EXPECT_EQ(MetadataOf(error, "authCodeState"), "UNKNOWN");
  EXPECT_EQ(MetadataOf(error, "httpStatus"), "403");
  EXPECT_EQ(MetadataOf(error, "sdkError"), "ForbiddenResponseError");
}

TEST(UpstreamErrorDetail, SaysWhatTheUpstreamSaid) {
  HttpResponse response = HtmlPage(403, "");
  response.content_type = "application/json";
  response.request_id = "up-1";
  response.body =
      R"({"error":{"code":403001,"message":"no\tway","metadata":{"a":[1,"x"]}},"user_id":"u-1"})";
  AttemptRecord first = RecordOf(TransportError{TransportFailure::kConnect, Delivery::kNever});
  first.elapsed = 1500us;
  Outcome outcome = OutcomeOf(response, StopReason::kNotRetryable, {first});
  outcome.attempts.back().started = 2s;
  const ErrorReply error = Mapped(FailUpstream(kExchange, outcome));
  const auto upstream = FindDetail<UE>(error.status);
  EXPECT_EQ(upstream->http_status(), 403);
  EXPECT_EQ(upstream->code(), 403001);
  EXPECT_EQ(upstream->message(), "no way");
  EXPECT_EQ(upstream->metadata().fields().at("a").list_value().values(1).string_value(), "x");
  EXPECT_EQ(upstream->user_id(), "u-1");
  EXPECT_EQ(upstream->content_type(), "");
  EXPECT_EQ(upstream->body(), "");
  EXPECT_EQ(upstream->attempts(), 2u);
  ASSERT_EQ(upstream->attempt_log_size(), 2);
  EXPECT_EQ(upstream->attempt_log(0).failure(), "connect");
  EXPECT_EQ(upstream->attempt_log(0).http_status(), 0);
  EXPECT_EQ(upstream->attempt_log(0).elapsed().nanos(), 1'500'000);
  EXPECT_EQ(upstream->attempt_log(1).failure(), "");
  EXPECT_EQ(upstream->attempt_log(1).http_status(), 403);
  EXPECT_EQ(upstream->attempt_log(1).started().seconds(), 2);
  EXPECT_EQ(upstream->auth_code_state(), UE::REJECTED);
  EXPECT_EQ(upstream->upstream_request_id(), "up-1");
  EXPECT_FALSE(upstream->truncated());
}

TEST(UpstreamErrorDetail, ShowsThePageOfAnAnswerThatIsNoJsonError) {
  const ErrorReply error =
      Mapped(FailUpstream(kCreate, OutcomeOf(HtmlPage(502, "<h1>Bad  gateway</h1>\n<hr>nginx"))));
  const auto upstream = FindDetail<UE>(error.status);
  EXPECT_EQ(upstream->content_type(), "text/html; charset=utf-8");
  EXPECT_EQ(upstream->body(), "Bad gateway nginx");
  EXPECT_FALSE(upstream->has_code());
  EXPECT_FALSE(upstream->has_user_id());
  EXPECT_EQ(upstream->auth_code_state(), UE::AUTH_CODE_STATE_UNSPECIFIED);
}

// What the SDK makes no typed error of is shown as it came, and read for its words.
TEST(UpstreamErrorDetail, HasTheWordsOfJsonOfAnotherShape) {
  HttpResponse response = HtmlPage(400, R"({"error":{"code":"invalid_grant","message":"m"}})");
  response.content_type = "text/json";
  const ErrorReply error = Mapped(FailUpstream(kExchange, OutcomeOf(response)));
  EXPECT_THAT(error.status.message(), HasSubstr("it said \"m\""));
  const auto upstream = FindDetail<UE>(error.status);
  EXPECT_EQ(upstream->message(), "m");
  EXPECT_FALSE(upstream->has_code());
  EXPECT_EQ(upstream->content_type(), "text/json");
  EXPECT_EQ(upstream->body(), response.body);
  EXPECT_EQ(MetadataOf(error, "sdkError"), kDefault);
}

TEST(UpstreamErrorDetail, ShowsNothingOfASuccessButTheWordsOfItsError) {
  HttpResponse response = JsonError(403, "no such code", R"(,"metadata":{"a":"hidden"})");
  response.status = 200;
  const ErrorReply error = Mapped(FailUpstream(kExchange, OutcomeOf(response)));
  EXPECT_EQ(InfoOf(error).reason(), "FORBIDDEN");
  EXPECT_EQ(MetadataOf(error, "httpStatus"), "200");
  EXPECT_EQ(MetadataOf(error, "authCodeState"), "REJECTED");
  const auto upstream = FindDetail<UE>(error.status);
  EXPECT_EQ(upstream->http_status(), 200);
  EXPECT_EQ(upstream->code(), 403);
  EXPECT_EQ(upstream->message(), "no such code");
  EXPECT_FALSE(upstream->has_metadata());
  EXPECT_EQ(upstream->body(), "");
}

TEST(UpstreamErrorDetail, SaysThatABodyWasDropped) {
  HttpResponse response = HtmlPage(500, "");
  response.body_state = BodyState::kTooLarge;
  const auto upstream = FindDetail<UE>(Mapped(FailUpstream(kCreate, OutcomeOf(response))).status);
  EXPECT_TRUE(upstream->truncated());
  EXPECT_EQ(upstream->http_status(), 500);
}

TEST(UpstreamErrorDetail, TellsTheStatusOfABrokenAnswer) {
  const ErrorReply error = Mapped(FailUpstream(kExchange, OutcomeOf(kTruncated200)));
  const auto upstream = FindDetail<UE>(error.status);
  EXPECT_EQ(upstream->http_status(), 200);
  EXPECT_EQ(upstream->attempt_log(0).failure(), "truncated");
  EXPECT_EQ(upstream->auth_code_state(), UE::SPENT);
  EXPECT_EQ(MetadataOf(error, "origin"), "transport");
  EXPECT_EQ(MetadataOf(error, "sdkError"), "(none)");
}

TEST(UpstreamErrorDetail, IsThereForAnAttemptThatHasNotEnded) {
  FailedCall failed = FailLocally(kExchange, v1::EXCHANGE_IN_PROGRESS);
  failed.attempts = 1;
  const ErrorReply error = Mapped(failed);
  EXPECT_THAT(DetailNames(error.status), ElementsAre("ErrorInfo", "RetryInfo", "RequestInfo",
                                                     "LocalizedMessage", "UpstreamError"));
  EXPECT_EQ(FindDetail<UE>(error.status)->auth_code_state(), UE::IN_FLIGHT);
  EXPECT_EQ(FindDetail<UE>(error.status)->attempts(), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
