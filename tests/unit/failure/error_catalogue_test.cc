#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "failure/error_reply.h"
#include "failure/verdict.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using absl::StatusCode;
using UE = v1::UpstreamError;
using Failure = TransportFailure;
using enum RetryClass;

constexpr Failure kFailures[] = {
    Failure::kDns,           Failure::kConnect, Failure::kConnectTimeout, Failure::kTls,
    Failure::kTlsUntrusted,  Failure::kReset,   Failure::kTruncated,      Failure::kTimeout,
    Failure::kRefusedStream, Failure::kGarbage, Failure::kCancelled,      Failure::kProxyRefused};
constexpr Delivery kDeliveries[] = {Delivery::kNever, Delivery::kMaybe, Delivery::kAnswered};
constexpr Rpc kRpcs[] = {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode};

// A row of the contract's table of HTTP answers (errors.md).
struct AnswerRow {
  std::string name;
  std::vector<int> statuses;
  std::optional<bool> retry_after;  // nullopt: with or without
  StatusCode code;
  ErrorReason reason;
  RetryClass create;
  RetryClass exchange;
  AuthCodeState state;
};

std::vector<int> Range(int first, int last) {
  std::vector<int> statuses;
  for (int status = first; status <= last; ++status) statuses.push_back(status);
  return statuses;
}

constexpr auto kAny = std::nullopt;

const std::vector<AnswerRow>& AnswerRows() {
  static const auto& rows = *new std::vector<AnswerRow>{
      {"Malformed200",
       {200},
       kAny,
       StatusCode::kInternal,
       v1::UPSTREAM_RESPONSE_MALFORMED,
       kNever,
       kNever,
       UE::SPENT},
      {"Other2xx", Range(201, 299), kAny, StatusCode::kInternal, v1::UPSTREAM_UNEXPECTED_STATUS,
       kNever, kNever, UE::UNKNOWN},
      {"Redirect", Range(300, 399), kAny, StatusCode::kInternal, v1::UPSTREAM_REDIRECT, kNever,
       kNever, UE::UNKNOWN},
      {"S400",
       {400},
       kAny,
       StatusCode::kInvalidArgument,
       v1::BAD_REQUEST,
       kNever,
       kNever,
       UE::REJECTED},
      {"S401",
       {401},
       kAny,
       StatusCode::kUnauthenticated,
       v1::UNAUTHORIZED,
       kFinal,
       kFinal,
       UE::REJECTED},
      {"S402",
       {402},
       kAny,
       StatusCode::kFailedPrecondition,
       v1::PAYMENT_REQUIRED,
       kNever,
       kNever,
       UE::REJECTED},
      {"S403",
       {403},
       kAny,
       StatusCode::kPermissionDenied,
       v1::FORBIDDEN,
       kNever,
       kNever,
       UE::REJECTED},
      {"S404", {404}, kAny, StatusCode::kNotFound, v1::NOT_FOUND, kNever, kNever, UE::REJECTED},
      {"S405And501",
       {405, 501},
       kAny,
       StatusCode::kUnimplemented,
       v1::UPSTREAM_ENDPOINT_MISSING,
       kNever,
       kNever,
       UE::REJECTED},
      {"S406And415",
       {406, 415},
       kAny,
       StatusCode::kInternal,
       v1::UPSTREAM_MEDIA_TYPE_REJECTED,
       kNever,
       kNever,
       UE::REJECTED},
      {"S408And425",
       {408, 425},
       kAny,
       StatusCode::kUnavailable,
       v1::UPSTREAM_REQUEST_TIMEOUT,
       kAlways,
       kIfUnsent,
       UE::UNSENT},
      {"S409", {409}, kAny, StatusCode::kAborted, v1::CONFLICT, kNever, kNever, UE::REJECTED},
      {"S410",
       {410},
       kAny,
       StatusCode::kFailedPrecondition,
       v1::GONE,
       kNever,
       kNever,
       UE::REJECTED},
      {"S412",
       {412},
       kAny,
       StatusCode::kFailedPrecondition,
       v1::PRECONDITION_FAILED,
       kNever,
       kNever,
       UE::REJECTED},
      {"Unprocessable",
       {413, 414, 422, 431},
       kAny,
       StatusCode::kInvalidArgument,
       v1::UNPROCESSABLE,
       kNever,
       kNever,
       UE::REJECTED},
      {"S429",
       {429},
       kAny,
       StatusCode::kResourceExhausted,
       v1::RATE_LIMITED,
       kAlways,
       kIfUnsent,
       UE::UNSENT},
      {"S451",
       {451},
       kAny,
       StatusCode::kPermissionDenied,
       v1::LEGAL_BLOCK,
       kNever,
       kNever,
       UE::REJECTED},
      {"S499",
       {499},
       kAny,
       StatusCode::kUnavailable,
       v1::UPSTREAM_CLOSED_REQUEST,
       kAlways,
       kUnknownOutcome,
       UE::UNKNOWN},
      {"S500",
       {500},
       kAny,
       StatusCode::kInternal,
       v1::INTERNAL_SERVER,
       kAlways,
       kUnknownOutcome,
       UE::UNKNOWN},
      {"BadGateway",
       {502, 504, 520, 521, 522, 523, 524},
       kAny,
       StatusCode::kUnavailable,
       v1::UPSTREAM_BAD_GATEWAY,
       kAlways,
       kUnknownOutcome,
       UE::UNKNOWN},
      {"S503WithRetryAfter",
       {503},
       true,
       StatusCode::kUnavailable,
       v1::UPSTREAM_UNAVAILABLE,
       kAlways,
       kIfUnsent,
       UE::UNSENT},
      {"S503Without",
       {503},
       false,
       StatusCode::kUnavailable,
       v1::UPSTREAM_UNAVAILABLE,
       kAlways,
       kUnknownOutcome,
       UE::UNKNOWN},
      {"S529WithRetryAfter",
       {529},
       true,
       StatusCode::kResourceExhausted,
       v1::UPSTREAM_OVERLOADED,
       kAlways,
       kIfUnsent,
       UE::UNSENT},
      {"S529Without",
       {529},
       false,
       StatusCode::kResourceExhausted,
       v1::UPSTREAM_OVERLOADED,
       kAlways,
       kUnknownOutcome,
       UE::UNKNOWN}};
  return rows;
}

// What the contract says of the statuses that no row names.
AnswerRow OtherRow(int status) {
  if (status >= 400 && status <= 499) {
    return {"Other4xx", {status}, kAny,        StatusCode::kUnknown, v1::UPSTREAM_CLIENT_ERROR,
            kNever,     kNever,   UE::REJECTED};
  }
  if (status >= 500 && status <= 599) {
    return {
        "Other5xx", {status},        kAny,       StatusCode::kInternal, v1::UPSTREAM_SERVER_ERROR,
        kAlways,    kUnknownOutcome, UE::UNKNOWN};
  }
  return {"NoStatus", {status}, kAny,       StatusCode::kInternal, v1::UPSTREAM_UNEXPECTED_STATUS,
          kNever,     kNever,   UE::UNKNOWN};
}

AnswerRow RowFor(int status, bool retry_after) {
  for (const AnswerRow& row : AnswerRows()) {
    if (row.retry_after.value_or(retry_after) != retry_after) continue;
    if (std::find(row.statuses.begin(), row.statuses.end(), status) != row.statuses.end()) {
      return row;
    }
  }
  return OtherRow(status);
}

// From 400 on the API's own words: what others say is in answer_author_test.
HttpResponse ResponseOf(int status, bool retry_after) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = status >= 400 ? R"({"error":{"code":1,"message":"no"}})" : "{}";
  if (retry_after) response.retry_after = "7";
  return response;
}

void ExpectVerdicts(const AnswerRow& row, const HttpResponse& response) {
  SCOPED_TRACE(response.status);
  const Verdict create = Judge(Rpc::kCreateAuthCode, response);
  EXPECT_EQ(create.code, row.code);
  EXPECT_EQ(create.reason, row.reason);
  EXPECT_EQ(create.retry, row.create);
  EXPECT_EQ(create.auth_code_state, UE::AUTH_CODE_STATE_UNSPECIFIED);
  EXPECT_EQ(ClassifyCreate(response).retry, row.create);

  const Verdict exchange = Judge(Rpc::kExchangeAuthCode, response);
  EXPECT_EQ(exchange.code, row.code);
  EXPECT_EQ(exchange.reason, row.reason);
  EXPECT_EQ(exchange.retry, row.exchange);
  EXPECT_EQ(exchange.auth_code_state, row.state);
  EXPECT_EQ(ClassifyExchange(response).retry, row.exchange);
  EXPECT_EQ(exchange.row->origin, Origin::kUpstream);
}

class AnswerTest : public testing::TestWithParam<AnswerRow> {};

TEST_P(AnswerTest, IsJudgedAsTheContractSays) {
  for (const int status : GetParam().statuses) {
    for (const bool retry_after : {false, true}) {
      if (GetParam().retry_after.value_or(retry_after) != retry_after) continue;
      ExpectVerdicts(GetParam(), ResponseOf(status, retry_after));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, AnswerTest, testing::ValuesIn(AnswerRows()),
                         [](const auto& row) { return row.param.name; });

TEST(ErrorCatalogue, JudgesEveryStatus) {
  for (const int status : Range(100, 599)) {
    for (const bool retry_after : {false, true}) {
      ExpectVerdicts(RowFor(status, retry_after), ResponseOf(status, retry_after));
    }
  }
}

TEST(ErrorCatalogue, JudgesNumbersThatAreNoStatusWithCare) {
  for (const int status : {-1, 0, 99, 600, 999, 1000, 70000}) {
    ExpectVerdicts(OtherRow(status), ResponseOf(status, false));
  }
}

TEST(ErrorCatalogue, TakesAnUnusableRetryAfterForNone) {
  for (const char* unusable : {"", "abc", "-1", "nan", "inf"}) {
    for (const int status : {503, 529}) {
      HttpResponse response = ResponseOf(status, false);
      response.retry_after = unusable;
      ExpectVerdicts(RowFor(status, false), response);
    }
  }
}

TEST(ErrorCatalogue, KeepsStatusAndReasonOfAnErrorThatWasTooLarge) {
  for (const int status : Range(201, 599)) {
    HttpResponse response = ResponseOf(status, false);
    response.body_state = BodyState::kTooLarge;
    response.body.clear();
    ExpectVerdicts(RowFor(status, false), response);
  }
}

TEST(ErrorCatalogue, CallsASuccessThatWasTooLargeSpent) {
  HttpResponse response = ResponseOf(200, false);
  response.body_state = BodyState::kTooLarge;
  ExpectVerdicts({"TooLarge",
                  {200},
                  kAny,
                  StatusCode::kInternal,
                  v1::UPSTREAM_RESPONSE_TOO_LARGE,
                  kNever,
                  kNever,
                  UE::SPENT},
                 response);
}

// A row of the contract's table of transport failures. The exchange's columns are for one that was
// sent, unless the failure proves that it was not.
struct TransportRow {
  std::string name;
  Failure failure;
  Delivery delivery;
  int http_status;
  StatusCode code;
  ErrorReason reason;
  StatusCode exchange_code;
  ErrorReason exchange_reason;
  RetryClass create;
  RetryClass exchange;
  AuthCodeState state;
};

class TransportTest : public testing::TestWithParam<TransportRow> {};

TEST_P(TransportTest, IsJudgedAsTheContractSays) {
  const TransportRow& row = GetParam();
  const HttpResult result = TransportError{row.failure, row.delivery, row.http_status};
  const Verdict create = Judge(Rpc::kCreateAuthCode, result);
  EXPECT_EQ(create.code, row.code);
  EXPECT_EQ(create.reason, row.reason);
  EXPECT_EQ(create.retry, row.create);
  EXPECT_EQ(create.auth_code_state, UE::AUTH_CODE_STATE_UNSPECIFIED);
  const Verdict exchange = Judge(Rpc::kExchangeAuthCode, result);
  EXPECT_EQ(exchange.code, row.exchange_code);
  EXPECT_EQ(exchange.reason, row.exchange_reason);
  EXPECT_EQ(exchange.retry, row.exchange);
  EXPECT_EQ(exchange.auth_code_state, row.state);
}

TransportRow Unsent(std::string name, Failure failure, ErrorReason reason,
                    RetryClass create = kAlways, RetryClass exchange = kIfUnsent,
                    Delivery delivery = Delivery::kNever) {
  return {std::move(name),
          failure,
          delivery,
          0,
          StatusCode::kUnavailable,
          reason,
          StatusCode::kUnavailable,
          reason,
          create,
          exchange,
          UE::UNSENT};
}

TransportRow Lost(std::string name, Failure failure, int http_status, ErrorReason reason,
                  RetryClass exchange, AuthCodeState state) {
  const Delivery delivery = http_status == 0 ? Delivery::kMaybe : Delivery::kAnswered;
  return {std::move(name),
          failure,
          delivery,
          http_status,
          StatusCode::kUnavailable,
          reason,
          StatusCode::kAborted,
          v1::EXCHANGE_OUTCOME_UNKNOWN,
          kAlways,
          exchange,
          state};
}

TransportRow Garbage(std::string name, int http_status, AuthCodeState state) {
  TransportRow row = Lost(std::move(name), Failure::kGarbage, http_status,
                          v1::UPSTREAM_RESPONSE_MALFORMED, kNever, state);
  row.code = StatusCode::kInternal;
  row.create = kNever;
  return row;
}

INSTANTIATE_TEST_SUITE_P(
    Contract, TransportTest,
    testing::Values(
        Unsent("Dns", Failure::kDns, v1::UPSTREAM_DNS_FAILURE),
        Unsent("Connect", Failure::kConnect, v1::UPSTREAM_CONNECT_FAILED),
        Unsent("ConnectTimeout", Failure::kConnectTimeout, v1::UPSTREAM_CONNECT_FAILED),
        Unsent("ProxyRefused", Failure::kProxyRefused, v1::UPSTREAM_CONNECT_FAILED, kNever, kNever),
        Unsent("Tls", Failure::kTls, v1::UPSTREAM_TLS_FAILED),
        Unsent("TlsUntrusted", Failure::kTlsUntrusted, v1::UPSTREAM_TLS_UNTRUSTED, kNever, kNever),
        Unsent("RefusedStream", Failure::kRefusedStream, v1::UPSTREAM_REFUSED_STREAM),
        Unsent("RefusedStreamAfterBytes", Failure::kRefusedStream, v1::UPSTREAM_REFUSED_STREAM,
               kAlways, kIfUnsent, Delivery::kMaybe),
        Unsent("ResetUnsent", Failure::kReset, v1::UPSTREAM_RESET),
        Unsent("TimeoutUnsent", Failure::kTimeout, v1::UPSTREAM_TIMEOUT),
        Lost("Reset", Failure::kReset, 0, v1::UPSTREAM_RESET, kUnknownOutcome, UE::UNKNOWN),
        Lost("ResetAfter200", Failure::kReset, 200, v1::UPSTREAM_RESPONSE_TRUNCATED, kNever,
             UE::SPENT),
        Lost("TruncatedHead", Failure::kTruncated, 0, v1::UPSTREAM_RESPONSE_TRUNCATED,
             kUnknownOutcome, UE::UNKNOWN),
        Lost("Truncated200", Failure::kTruncated, 200, v1::UPSTREAM_RESPONSE_TRUNCATED, kNever,
             UE::SPENT),
        Lost("Truncated500", Failure::kTruncated, 500, v1::UPSTREAM_RESPONSE_TRUNCATED,
             kUnknownOutcome, UE::UNKNOWN),
        Lost("Timeout", Failure::kTimeout, 0, v1::UPSTREAM_TIMEOUT, kNever, UE::UNKNOWN),
        Lost("Timeout200", Failure::kTimeout, 200, v1::UPSTREAM_TIMEOUT, kNever, UE::SPENT),
        Lost("Timeout500", Failure::kTimeout, 500, v1::UPSTREAM_TIMEOUT, kNever, UE::UNKNOWN),
        Garbage("Garbage", 0, UE::UNKNOWN), Garbage("Garbage200", 200, UE::SPENT)),
    [](const auto& row) { return row.param.name; });

TEST(ErrorCatalogue, JudgesEveryTransportError) {
  for (const Failure failure : kFailures) {
    for (const Delivery delivery : kDeliveries) {
      for (const int http_status : {0, 200, 500}) {
        SCOPED_TRACE(std::string(ToString(failure)) + " " +
                     std::to_string(static_cast<int>(delivery)) + " " +
                     std::to_string(http_status));
        const HttpResult result = TransportError{failure, delivery, http_status};
        for (const Rpc rpc : kRpcs) {
          const Verdict verdict = Judge(rpc, result);
          EXPECT_NE(verdict.reason, v1::ERROR_REASON_UNSPECIFIED);
          EXPECT_NE(verdict.reason, v1::UPSTREAM_UNEXPECTED_STATUS);
          EXPECT_NE(verdict.code, StatusCode::kOk);
        }
        const Verdict exchange = Judge(Rpc::kExchangeAuthCode, result);
        const bool refused = failure == Failure::kRefusedStream;
        EXPECT_EQ(exchange.auth_code_state == UE::UNSENT, delivery == Delivery::kNever || refused);
        EXPECT_EQ(exchange.reason == v1::EXCHANGE_OUTCOME_UNKNOWN,
                  delivery != Delivery::kNever && !refused);
        if (exchange.auth_code_state == UE::SPENT) {
          EXPECT_EQ(http_status, 200);
          EXPECT_EQ(exchange.retry, kNever);
        }
        EXPECT_NE(exchange.retry, kAlways);
        EXPECT_NE(Judge(Rpc::kCreateAuthCode, result).retry, kUnknownOutcome);
      }
    }
  }
}

TEST(ErrorCatalogue, CallsAnExchangeThatWasCutOffAfterItWasSentUnknown) {
  const HttpResult unsent = TransportError{Failure::kCancelled, Delivery::kNever};
  EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, unsent).reason, v1::CALLER_CANCELLED);
  EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, unsent).code, StatusCode::kCancelled);
  const HttpResult sent = TransportError{Failure::kCancelled, Delivery::kMaybe};
  EXPECT_EQ(Judge(Rpc::kExchangeAuthCode, sent).auth_code_state, UE::UNKNOWN);
  EXPECT_EQ(Judge(Rpc::kCreateAuthCode, sent).reason, v1::CALLER_CANCELLED);
}

// A row of the contract's table of what the gateway finds by itself.
struct LocalCase {
  std::string name;
  ErrorReason reason;
  StatusCode code;
  uint8_t details = kNoDetail;
  AuthCodeState state = UE::UNSENT;
  HelpLink help = HelpLink::kNo;
};

class LocalTest : public testing::TestWithParam<LocalCase> {};

TEST_P(LocalTest, HasItsRow) {
  const ErrorRow& row = RowOf(GetParam().reason);
  EXPECT_EQ(row.trigger, Trigger::kLocal);
  EXPECT_EQ(row.help, GetParam().help);
  EXPECT_EQ(row.reason, GetParam().reason);
  EXPECT_EQ(row.code, GetParam().code);
  EXPECT_EQ(row.details, GetParam().details);
  EXPECT_EQ(row.auth_code_state, GetParam().state);
  EXPECT_EQ(row.create, kNever);
  EXPECT_EQ(row.exchange, kNever);
}

const LocalCase kLocalCases[] = {
    LocalCase{"Malformed", v1::REQUEST_MALFORMED, StatusCode::kInvalidArgument, kNoDetail},
    LocalCase{"FieldRequired", v1::FIELD_REQUIRED, StatusCode::kInvalidArgument, kBadRequest},
    LocalCase{"FieldInvalid", v1::FIELD_INVALID, StatusCode::kInvalidArgument, kBadRequest},
    LocalCase{"Callback", v1::CALLBACK_URL_NOT_ALLOWED, StatusCode::kInvalidArgument, kBadRequest,
              UE::UNSENT, HelpLink::kYes},
    LocalCase{"Retries", v1::RETRY_CONFIG_INVALID, StatusCode::kInvalidArgument, kBadRequest},
    LocalCase{"Credential", v1::CREDENTIAL_MISSING, StatusCode::kUnauthenticated, kNoDetail,
              UE::UNSENT, HelpLink::kYes},
    LocalCase{"Caller", v1::CALLER_NOT_ALLOWED, StatusCode::kPermissionDenied, kNoDetail},
    LocalCase{"Share", v1::CALLER_LIMIT_EXCEEDED, StatusCode::kResourceExhausted, kQuotaFailure},
    LocalCase{"Overload", v1::GATEWAY_OVERLOADED, StatusCode::kUnavailable, kNoDetail},
    LocalCase{"Drain", v1::GATEWAY_DRAINING, StatusCode::kUnavailable, kNoDetail},
    LocalCase{"Breaker", v1::UPSTREAM_CIRCUIT_OPEN, StatusCode::kUnavailable, kNoDetail},
    LocalCase{"TooShort", v1::DEADLINE_TOO_SHORT, StatusCode::kDeadlineExceeded, kNoDetail},
    LocalCase{"Cancelled", v1::CALLER_CANCELLED, StatusCode::kCancelled, kNoDetail},
    LocalCase{"Deadline", v1::DEADLINE_EXCEEDED, StatusCode::kDeadlineExceeded, kNoDetail},
    LocalCase{"InProgress", v1::EXCHANGE_IN_PROGRESS, StatusCode::kDeadlineExceeded, kNoDetail,
              UE::IN_FLIGHT},
    LocalCase{"TooLarge", v1::UPSTREAM_RESPONSE_TOO_LARGE, StatusCode::kInternal, kNoDetail,
              UE::SPENT},
    LocalCase{"OutcomeUnknown", v1::EXCHANGE_OUTCOME_UNKNOWN, StatusCode::kAborted, kNoDetail,
              UE::UNKNOWN},
    LocalCase{"AlreadyCompleted", v1::EXCHANGE_ALREADY_COMPLETED, StatusCode::kFailedPrecondition,
              kNoDetail, UE::SPENT},
    LocalCase{"StoreUnavailable", v1::EXCHANGE_STORE_UNAVAILABLE, StatusCode::kUnavailable,
              kNoDetail}};

INSTANTIATE_TEST_SUITE_P(Contract, LocalTest, testing::ValuesIn(kLocalCases),
                         [](const auto& row) { return row.param.name; });

TEST(ErrorCatalogue, HasOnlyLocalReasonsOfTheTableAbove) {
  std::set<ErrorReason> in_table;
  for (const LocalCase& row : kLocalCases) in_table.insert(row.reason);
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (row.trigger != Trigger::kLocal) continue;
    EXPECT_TRUE(in_table.contains(row.reason)) << v1::ErrorReason_Name(row.reason);
  }
}

TEST(ErrorCatalogue, HasTheDetailsOfTheContract) {
  const std::map<int, uint8_t> details = {
      {302, kLocationHost}, {400, kBadRequest}, {402, kPreconditionFailure}, {429, kQuotaFailure}};
  const std::map<int, HelpLink> help = {{302, HelpLink::kYes},
                                        {401, HelpLink::kYes},
                                        {404, HelpLink::kUnlessTheApiAnswered},
                                        {405, HelpLink::kYes},
                                        {501, HelpLink::kYes}};
  for (const int status : Range(200, 599)) {
    SCOPED_TRACE(status);
    const int key = status / 100 == 3 ? 302 : status;
    const ErrorRow& row = *Judge(Rpc::kCreateAuthCode, ResponseOf(status, false)).row;
    EXPECT_EQ(row.details, details.contains(key) ? details.at(key) : uint8_t{kNoDetail});
    EXPECT_EQ(row.help, help.contains(key) ? help.at(key) : HelpLink::kNo);
  }
}

TEST(ErrorCatalogue, GivesEveryReason) {
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(reasons.value(i)->number());
    const auto rows = ErrorCatalogue();
    ASSERT_TRUE(std::any_of(rows.begin(), rows.end(),
                            [&](const ErrorRow& row) { return row.reason == reason; }))
        << "no row in service/failure/error_catalogue.cc: " << reasons.value(i)->name();
    EXPECT_EQ(RowOf(reason).reason, reason);
  }
}

TEST(ErrorCatalogue, HasOneRowForEachCondition) {
  std::set<std::string_view> conditions;
  for (const ErrorRow& row : ErrorCatalogue()) {
    SCOPED_TRACE(row.condition);
    EXPECT_TRUE(conditions.insert(row.condition).second);
    EXPECT_NE(row.reason, v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_NE(row.code, StatusCode::kOk);
    // What says how long to wait may be waited for.
    EXPECT_EQ(row.caller_retry == CallerRetry::kAfterWait, row.create == kAlways);
    if (row.delay) {
      EXPECT_EQ(row.caller_retry, CallerRetry::kYes);
    }
  }
}

struct SdkCase {
  std::string name;
  int status;
  bool typed;
  std::string create;
  std::string exchange;
};

std::string SdkErrorIn(const FailedCall& failed) {
  const ErrorReply reply = ToErrorReply(failed, "request-1", Redaction());
  return FindDetail<google::rpc::ErrorInfo>(reply.status)->metadata().at("sdkError");
}

class SdkErrorTest : public testing::TestWithParam<SdkCase> {};

TEST_P(SdkErrorTest, HasItsNameInTheSdk) {
  const SdkCase& row = GetParam();
  const Outcome outcome = OutcomeOf(row.typed ? JsonError(row.status) : HtmlPage(row.status, "no"));
  EXPECT_EQ(SdkErrorIn(FailUpstream(Rpc::kCreateAuthCode, outcome)), row.create);
  EXPECT_EQ(SdkErrorIn(FailUpstream(Rpc::kExchangeAuthCode, outcome)), row.exchange);
}

constexpr char kDefault[] = "ModelGatesDefaultError";

INSTANTIATE_TEST_SUITE_P(
    Names, SdkErrorTest,
    testing::Values(
        SdkCase{"S200", 200, false, "ResponseValidationError", "ResponseValidationError"},
        SdkCase{"S201", 201, false, kDefault, kDefault},
        SdkCase{"S201Json", 201, true, kDefault, kDefault},
        SdkCase{"S302", 302, false, kDefault, kDefault},
        SdkCase{"S400", 400, true, "BadRequestResponseError", "BadRequestResponseError"},
        SdkCase{"S400Html", 400, false, kDefault, kDefault},
        SdkCase{"S401", 401, true, "UnauthorizedResponseError", kDefault},
        SdkCase{"S403", 403, true, kDefault, "ForbiddenResponseError"},
        SdkCase{"S404", 404, true, kDefault, kDefault},
        SdkCase{"S409", 409, true, "ConflictResponseError", kDefault},
        SdkCase{"S429", 429, true, kDefault, kDefault},
        SdkCase{"S500", 500, true, "InternalServerResponseError", "InternalServerResponseError"},
        SdkCase{"S500Html", 500, false, kDefault, kDefault},
        SdkCase{"S503", 503, true, kDefault, kDefault}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorCatalogue, GivesBreakerAndRetrierTheSameReason) {
  EXPECT_EQ(ClassifyCreate(ResponseOf(503, false)).reason, v1::UPSTREAM_UNAVAILABLE);
  // The upstream's part of it, not what it means for the code.
  const TransportError reset{Failure::kReset, Delivery::kMaybe};
  EXPECT_EQ(ClassifyExchange(reset).reason, v1::UPSTREAM_RESET);
}

}  // namespace
}  // namespace modelgates::gateway
