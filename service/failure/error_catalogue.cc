#include "failure/error_catalogue.h"

#include <algorithm>
#include <array>

#include "resilience/backoff.h"
#include "upstream/error_body.h"
#include "upstream/media_type.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using absl::StatusCode;
using enum RetryClass;
using enum Trigger;
using Failure = TransportFailure;
using UE = v1::UpstreamError;

constexpr auto kGateway = Origin::kGateway;
constexpr auto kUpstream = Origin::kUpstream;
constexpr auto kTransportOrigin = Origin::kTransport;
constexpr auto kCaller = Origin::kCaller;

constexpr ErrorRow Local(const char* condition, ErrorReason reason, StatusCode code, Origin origin,
                         uint8_t details, const ErrorWords& words, AuthCodeState state = UE::UNSENT,
                         Health health = Health::kUnknown) {
  return {condition, kLocal, Failure{}, {},     reason, code,    reason, code,
          origin,    health, kNever,    kNever, state,  details, words};
}

// Not sent, or not yet: the same for both RPCs.
constexpr ErrorRow Unsent(const char* condition, Failure failure, ErrorReason reason,
                          RetryClass create, RetryClass exchange, const ErrorWords& words) {
  return {condition,
          kTransport,
          failure,
          {},
          reason,
          StatusCode::kUnavailable,
          reason,
          StatusCode::kUnavailable,
          kTransportOrigin,
          Health::kFails,
          create,
          exchange,
          UE::UNSENT,
          kNoDetail,
          words};
}

// Sent, and no complete answer: an exchange cannot know its outcome.
constexpr ErrorRow Lost(const char* condition, Trigger trigger, Failure failure, ErrorReason reason,
                        StatusCode code, RetryClass create, RetryClass exchange,
                        AuthCodeState state, const ErrorWords& words) {
  return {condition,
          trigger,
          failure,
          {},
          reason,
          code,
          v1::EXCHANGE_OUTCOME_UNKNOWN,
          StatusCode::kAborted,
          kTransportOrigin,
          Health::kFails,
          create,
          exchange,
          state,
          kNoDetail,
          words};
}

constexpr Health HealthOf(int http_status) {
  return http_status >= 500 && http_status <= 599 && http_status != 501 ? Health::kFails
                                                                        : Health::kWorks;
}

constexpr Statuses One(int status) { return {{{{status, status}}}}; }
constexpr Statuses Range(int first, int last) { return {{{{first, last}}}}; }

constexpr ErrorRow Answer(const char* condition, Statuses statuses, StatusCode code,
                          ErrorReason reason, uint8_t details, RetryClass create,
                          RetryClass exchange, AuthCodeState state, const ErrorWords& words,
                          Trigger trigger = kStatus) {
  return {condition, trigger,  Failure{}, statuses,  reason,
          code,      reason,   code,      kUpstream, HealthOf(statuses.ranges[0].first),
          create,    exchange, state,     details,   words};
}

// An answer's row is the first that fits, so the particular stands before the general.
constexpr std::array kCatalogue = {
    // Before anything is sent.
    Local("request that is no message: not protobuf, compressed, text that is not UTF-8",
          v1::REQUEST_MALFORMED, StatusCode::kInvalidArgument, kCaller, kNoDetail,
          {"the request is no message of this RPC",
           "send protobuf, uncompressed, with all text in UTF-8", UserText::kNone,
           UserText::kFaultOfApp}),
    Local("required field missing or blank", v1::FIELD_REQUIRED, StatusCode::kInvalidArgument,
          kCaller, kBadRequest,
          {"the request lacks a required field", nullptr, UserText::kNone, UserText::kFaultOfApp}),
    Local("bad value: URL, `limit`, header field, enum number, timestamp, verifier or challenge",
          v1::FIELD_INVALID, StatusCode::kInvalidArgument, kCaller, kBadRequest,
          {"the request has a field that cannot be sent", nullptr, UserText::kNone,
           UserText::kFaultOfApp}),
    Local("`callback_url` outside the policy", v1::CALLBACK_URL_NOT_ALLOWED,
          StatusCode::kInvalidArgument, kCaller, kBadRequest | kHelp,
          {"callback_url is not allowed by the gateway's callback policy", nullptr, UserText::kNone,
           UserText::kFaultOfApp}),
    Local("retry override outside the ceilings", v1::RETRY_CONFIG_INVALID,
          StatusCode::kInvalidArgument, kCaller, kBadRequest,
          {"retries is outside the gateway's ceilings", nullptr, UserText::kNone,
           UserText::kFaultOfApp}),
    Local(
        "credential mode `passthrough` and no bearer, or `either` and `authorization` that is none",
        v1::CREDENTIAL_MISSING, StatusCode::kUnauthenticated, kCaller, kHelp,
        {"this gateway needs your bearer", "send it as authorization metadata", UserText::kNone,
         UserText::kFaultOfApp}),
    Local("caller not on the mTLS allow list", v1::CALLER_NOT_ALLOWED,
          StatusCode::kPermissionDenied, kCaller, kNoDetail,
          {"this caller may not use the gateway", "ask its operators for access", UserText::kNone,
           UserText::kFaultOfApp}),
    Local("more calls, or exchanges under way, than admission allows", v1::GATEWAY_OVERLOADED,
          StatusCode::kUnavailable, kGateway, kNoDetail,
          {"the gateway serves as many calls as it admits", "operators should add replicas",
           UserText::kUnavailable, UserText::kUnavailable}),
    Local("draining", v1::GATEWAY_DRAINING, StatusCode::kUnavailable, kGateway, kNoDetail,
          {"this gateway is shutting down, another one serves", "connect to another one",
           UserText::kUnavailable, UserText::kUnavailable}),
    Local("breaker open", v1::UPSTREAM_CIRCUIT_OPEN, StatusCode::kUnavailable, kGateway, kNoDetail,
          {"the upstream kept failing, so nothing is sent to it for a while",
           "operators should check the upstream", UserText::kUnavailable, UserText::kUnavailable}),
    Local("exchange store cannot be asked, and must be", v1::EXCHANGE_STORE_UNAVAILABLE,
          StatusCode::kUnavailable, kGateway, kNoDetail,
          {"the store that the gateways share cannot be asked, so nothing was sent",
           "operators should check --exchange_store", UserText::kUnavailable,
           UserText::kUnavailable}),
    Local("less than 100 ms of deadline left", v1::DEADLINE_TOO_SHORT,
          StatusCode::kDeadlineExceeded, kCaller, kNoDetail,
          {"less than 100 ms of the deadline were left, so nothing was sent",
           "give the call more time", UserText::kTookTooLong, UserText::kTookTooLong}),
    Local("caller cancelled", v1::CALLER_CANCELLED, StatusCode::kCancelled, kCaller, kNoDetail,
          {"the caller cancelled the call", "call anew if the result is still wanted",
           UserText::kNone, UserText::kNone}),

    // Transport.
    Unsent(
        "no such host", Failure::kDns, v1::UPSTREAM_DNS_FAILURE, kAlways, kIfUnsent,
        {"the upstream's name could not be resolved", "operators should check --upstream and DNS",
         UserText::kUnavailable, UserText::kUnavailable}),
    Unsent(
        "refused, unreachable", Failure::kConnect, v1::UPSTREAM_CONNECT_FAILED, kAlways, kIfUnsent,
        {"the upstream could not be reached", "operators should check --upstream and the network",
         UserText::kUnavailable, UserText::kUnavailable}),
    Unsent("connect timeout", Failure::kConnectTimeout, v1::UPSTREAM_CONNECT_FAILED, kAlways,
           kIfUnsent,
           {"the upstream took too long to accept a connection",
            "operators should check --upstream and the network", UserText::kUnavailable,
            UserText::kUnavailable}),
    Unsent("proxy that asks for authentication (407)", Failure::kProxyRefused,
           v1::UPSTREAM_CONNECT_FAILED, kNever, kNever,
           {"the proxy in front of the upstream refused the gateway's credentials",
            "operators should check --upstream_proxy", UserText::kFaultOfService,
            UserText::kFaultOfService}),
    Unsent("TLS handshake broken off", Failure::kTls, v1::UPSTREAM_TLS_FAILED, kAlways, kIfUnsent,
           {"the TLS handshake with the upstream broke off",
            "operators should check that --upstream speaks TLS", UserText::kUnavailable,
            UserText::kUnavailable}),
    Unsent("certificate not trusted (CA, name, date)", Failure::kTlsUntrusted,
           v1::UPSTREAM_TLS_UNTRUSTED, kNever, kNever,
           {"the upstream's certificate is not trusted",
            "operators should check --upstream and --upstream_ca_file", UserText::kFaultOfService,
            UserText::kFaultOfService}),
    Unsent("HTTP/2 REFUSED_STREAM, GOAWAY below our stream", Failure::kRefusedStream,
           v1::UPSTREAM_REFUSED_STREAM, kAlways, kIfUnsent,
           {"the upstream refused the request unprocessed", "operators should check the upstream",
            UserText::kUnavailable, UserText::kUnavailable}),
    Lost("reset or closed before an answer", kTransport, Failure::kReset, v1::UPSTREAM_RESET,
         StatusCode::kUnavailable, kAlways, kOnceOver, UE::UNKNOWN,
         {"the connection to the upstream ended before an answer",
          "operators should check the upstream", UserText::kUnavailable, UserText::kInterrupted}),
    Lost("reset within the answer, 200 seen", kTransportAfter200, Failure::kTruncated,
         v1::UPSTREAM_RESPONSE_TRUNCATED, StatusCode::kUnavailable, kAlways, kNever, UE::SPENT,
         {"the connection to the upstream ended within its answer",
          "operators should check the upstream", UserText::kUnavailable, UserText::kInterrupted}),
    Lost("reset within the answer", kTransport, Failure::kTruncated,
         v1::UPSTREAM_RESPONSE_TRUNCATED, StatusCode::kUnavailable, kAlways, kOnceOver, UE::UNKNOWN,
         {"the connection to the upstream ended within its answer",
          "operators should check the upstream", UserText::kUnavailable, UserText::kInterrupted}),
    Lost("no whole answer in time, 200 seen", kTransportAfter200, Failure::kTimeout,
         v1::UPSTREAM_TIMEOUT, StatusCode::kUnavailable, kAlways, kNever, UE::SPENT,
         {"the upstream did not finish its answer in time", "operators should check the upstream",
          UserText::kUnavailable, UserText::kInterrupted}),
    Lost("attempt timeout", kTransport, Failure::kTimeout, v1::UPSTREAM_TIMEOUT,
         StatusCode::kUnavailable, kAlways, kNever, UE::UNKNOWN,
         {"the upstream did not answer in time", "operators should check the upstream",
          UserText::kUnavailable, UserText::kInterrupted}),
    Lost("answer that is not HTTP, 200 seen", kTransportAfter200, Failure::kGarbage,
         v1::UPSTREAM_RESPONSE_MALFORMED, StatusCode::kInternal, kNever, kNever, UE::SPENT,
         {"the upstream's answer is not valid HTTP", "operators should check --upstream",
          UserText::kFaultOfService, UserText::kInterrupted}),
    Lost("answer that is not HTTP", kTransport, Failure::kGarbage, v1::UPSTREAM_RESPONSE_MALFORMED,
         StatusCode::kInternal, kNever, kNever, UE::UNKNOWN,
         {"the upstream's answer is not valid HTTP", "operators should check --upstream",
          UserText::kFaultOfService, UserText::kInterrupted}),
    Local("caller's deadline", v1::DEADLINE_EXCEEDED, StatusCode::kDeadlineExceeded, kCaller,
          kNoDetail,
          {"the deadline passed before the upstream answered", "give the call more time",
           UserText::kTookTooLong, UserText::kTookTooLong}),
    Local("caller's deadline, exchange sent", v1::EXCHANGE_IN_PROGRESS,
          StatusCode::kDeadlineExceeded, kCaller, kNoDetail,
          {"the upstream has the code and has not answered yet",
           "repeat the identical call to receive the result", UserText::kNone,
           UserText::kStillRunning, "repeat the identical call"},
          UE::IN_FLIGHT),
    Local("exchange sent by another gateway that did not say what came of it",
          v1::EXCHANGE_OUTCOME_UNKNOWN, StatusCode::kAborted, kGateway, kNoDetail,
          {"another gateway sent the exchange, and its result is unknown",
           "operators should check that gateway", UserText::kNone, UserText::kInterrupted},
          UE::UNKNOWN),
    Local("exchange that succeeded, repeated more often or later than it is replayed",
          v1::EXCHANGE_ALREADY_COMPLETED, StatusCode::kFailedPrecondition, kCaller, kNoDetail,
          {"this exchange succeeded before, and its key is not given again",
           "use the key that was received", UserText::kNone, UserText::kSignInAgain},
          UE::SPENT),
    Local("200 answer larger than the cap (256 KiB)", v1::UPSTREAM_RESPONSE_TOO_LARGE,
          StatusCode::kInternal, kUpstream, kNoDetail,
          {"the upstream's answer is larger than 256 KiB", "operators should check --upstream",
           UserText::kFaultOfService, UserText::kFaultOfService},
          UE::SPENT, Health::kWorks),

    // HTTP answers.
    Answer("200, not JSON, wrong or missing fields", One(200), StatusCode::kInternal,
           v1::UPSTREAM_RESPONSE_MALFORMED, kNoDetail, kNever, kNever, UE::SPENT,
           {"the upstream's answer could not be understood", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kFaultOfService}),
    Answer("other 2xx", Range(201, 299), StatusCode::kInternal, v1::UPSTREAM_UNEXPECTED_STATUS,
           kNoDetail, kNever, kNever, UE::UNKNOWN,
           {"the upstream answered with an unexpected status", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kFaultOfService}),
    Answer("3xx, never followed", Range(300, 399), StatusCode::kInternal, v1::UPSTREAM_REDIRECT,
           kHelp, kNever, kNever, UE::UNKNOWN,
           {"the upstream answered with a redirect, which is never followed",
            "operators should check --upstream", UserText::kFaultOfService,
            UserText::kFaultOfService}),
    Answer("400", One(400), StatusCode::kInvalidArgument, v1::BAD_REQUEST, kBadRequest, kNever,
           kNever, UE::REJECTED,
           {"the upstream refused the request", "correct it", UserText::kFaultOfApp,
            UserText::kNotCompleted}),
    Answer("401, 403 without a JSON error of the API (CDN, firewall, proxy)",
           Statuses{{{{401, 401}, {403, 403}}}}, StatusCode::kUnavailable, v1::UPSTREAM_BLOCKED,
           kHelp, kNever, kNever, UE::UNKNOWN,
           {"something in front of the API (CDN, firewall or proxy) refused the gateway's request",
            "operators should have it let the gateway through", UserText::kFaultOfService,
            UserText::kFaultOfService},
           kStatusNotApi),
    Answer("401", One(401), StatusCode::kUnauthenticated, v1::UNAUTHORIZED, kHelp, kNever, kNever,
           UE::REJECTED,
           {"the upstream refused the API key", "check the key", UserText::kFaultOfService,
            UserText::kFaultOfService}),
    Answer("402", One(402), StatusCode::kFailedPrecondition, v1::PAYMENT_REQUIRED,
           kPreconditionFailure, kNever, kNever, UE::REJECTED,
           {"the account lacks the credit for this", "add some", UserText::kPayment,
            UserText::kPayment}),
    Answer("403", One(403), StatusCode::kPermissionDenied, v1::FORBIDDEN, kNoDetail, kNever, kNever,
           UE::REJECTED,
           {"the upstream does not permit this",
            "check the credential, or for an exchange start a new authorization",
            UserText::kFaultOfService, UserText::kSignInAgain}),
    Answer("404", One(404), StatusCode::kNotFound, v1::NOT_FOUND, kHelp, kNever, kNever,
           UE::REJECTED,
           {"the upstream did not find it", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kNotCompleted}),
    Answer("405, 501", Statuses{{{{405, 405}, {501, 501}}}}, StatusCode::kUnimplemented,
           v1::UPSTREAM_ENDPOINT_MISSING, kHelp, kNever, kNever, UE::REJECTED,
           {"the upstream lacks this operation", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kFaultOfService}),
    Answer("406, 415", Statuses{{{{406, 406}, {415, 415}}}}, StatusCode::kInternal,
           v1::UPSTREAM_MEDIA_TYPE_REJECTED, kNoDetail, kNever, kNever, UE::REJECTED,
           {"the upstream does not speak JSON here", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kFaultOfService}),
    Answer(
        "408, 425", Statuses{{{{408, 408}, {425, 425}}}}, StatusCode::kUnavailable,
        v1::UPSTREAM_REQUEST_TIMEOUT, kNoDetail, kAlways, kIfUnsent, UE::UNSENT,
        {"the upstream gave up waiting for the request", "operators should check the network to it",
         UserText::kUnavailable, UserText::kUnavailable}),
    Answer("409", One(409), StatusCode::kAborted, v1::CONFLICT, kNoDetail, kNever, kNever,
           UE::REJECTED,
           {"the request conflicts with the state of the upstream", "resolve that, then call anew",
            UserText::kNotCompleted, UserText::kNotCompleted}),
    Answer("410", One(410), StatusCode::kFailedPrecondition, v1::GONE, kNoDetail, kNever, kNever,
           UE::REJECTED,
           {"the upstream no longer has it", "start a new authorization", UserText::kNotCompleted,
            UserText::kSignInAgain}),
    Answer("412", One(412), StatusCode::kFailedPrecondition, v1::PRECONDITION_FAILED, kNoDetail,
           kNever, kNever, UE::REJECTED,
           {"a precondition of the upstream failed", "meet it, then call anew",
            UserText::kNotCompleted, UserText::kNotCompleted}),
    Answer("413, 414, 422, 431", Statuses{{{{413, 414}, {422, 422}, {431, 431}}}},
           StatusCode::kInvalidArgument, v1::UNPROCESSABLE, kNoDetail, kNever, kNever, UE::REJECTED,
           {"the upstream cannot process the request", "correct it", UserText::kFaultOfApp,
            UserText::kFaultOfApp}),
    Answer("429", One(429), StatusCode::kResourceExhausted, v1::RATE_LIMITED, kQuotaFailure,
           kAlways, kIfUnsent, UE::UNSENT,
           {"the upstream limits the rate of requests", "send fewer", UserText::kUnavailable,
            UserText::kUnavailable}),
    Answer("451", One(451), StatusCode::kPermissionDenied, v1::LEGAL_BLOCK, kNoDetail, kNever,
           kNever, UE::REJECTED,
           {"the upstream refuses for legal reasons", "ask its operators", UserText::kLegal,
            UserText::kLegal}),
    Answer("499", One(499), StatusCode::kUnavailable, v1::UPSTREAM_CLOSED_REQUEST, kNoDetail,
           kAlways, kOnceOver, UE::UNKNOWN,
           {"the upstream closed the request", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable}),
    Answer("other 4xx", Range(400, 499), StatusCode::kUnknown, v1::UPSTREAM_CLIENT_ERROR, kNoDetail,
           kNever, kNever, UE::REJECTED,
           {"the upstream refused the request", "correct it", UserText::kNotCompleted,
            UserText::kNotCompleted}),
    Answer("500", One(500), StatusCode::kInternal, v1::INTERNAL_SERVER, kNoDetail, kAlways,
           kOnceOver, UE::UNKNOWN,
           {"the upstream failed", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable}),
    Answer("502, 504, 520 to 524", Statuses{{{{502, 502}, {504, 504}, {520, 524}}}},
           StatusCode::kUnavailable, v1::UPSTREAM_BAD_GATEWAY, kNoDetail, kAlways, kOnceOver,
           UE::UNKNOWN,
           {"a proxy before the upstream failed", "report it to the operators of the upstream",
            UserText::kUnavailable, UserText::kUnavailable}),
    Answer("503 with Retry-After", One(503), StatusCode::kUnavailable, v1::UPSTREAM_UNAVAILABLE,
           kNoDetail, kAlways, kIfUnsent, UE::UNSENT,
           {"the upstream is unavailable", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable},
           kStatusRetryAfter),
    Answer("503 without", One(503), StatusCode::kUnavailable, v1::UPSTREAM_UNAVAILABLE, kNoDetail,
           kAlways, kOnceOver, UE::UNKNOWN,
           {"the upstream is unavailable", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable}),
    Answer("529 with Retry-After", One(529), StatusCode::kResourceExhausted,
           v1::UPSTREAM_OVERLOADED, kNoDetail, kAlways, kIfUnsent, UE::UNSENT,
           {"the upstream is overloaded", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable},
           kStatusRetryAfter),
    Answer("529 without", One(529), StatusCode::kResourceExhausted, v1::UPSTREAM_OVERLOADED,
           kNoDetail, kAlways, kOnceOver, UE::UNKNOWN,
           {"the upstream is overloaded", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable}),
    Answer("other 5xx", Range(500, 599), StatusCode::kInternal, v1::UPSTREAM_SERVER_ERROR,
           kNoDetail, kAlways, kOnceOver, UE::UNKNOWN,
           {"the upstream failed", "report it to its operators", UserText::kUnavailable,
            UserText::kUnavailable}),
    // No status that HTTP knows (below 200, above 599): the unknown case is the safe one.
    Answer("any other status", Range(0, 999), StatusCode::kInternal, v1::UPSTREAM_UNEXPECTED_STATUS,
           kNoDetail, kNever, kNever, UE::UNKNOWN,
           {"the upstream answered with an unexpected status", "operators should check --upstream",
            UserText::kFaultOfService, UserText::kFaultOfService}),
};

struct AnswerVerdict {
  const ErrorRow* row;
  bool refused_in_front = false;
};

// Every other answer means the same whoever gave it.
bool DependsOnAuthor(const ErrorRow& row) {
  return row.trigger == kStatusNotApi || row.auth_code_state == UE::REJECTED;
}

bool IsOfTheApi(const HttpResponse& response) {
  if (response.body_state != BodyState::kComplete) {
    // The body was dropped: what is left to go by is what it was called.
    return response.content_type.empty() || IsJsonMediaType(response.content_type);
  }
  const std::optional<ErrorBody> body = ParseErrorBody(response);
  return body && body->from_api;
}

AnswerVerdict JudgeStatus(int status, const HttpResponse& response, std::optional<bool> from_api) {
  for (const ErrorRow& row : kCatalogue) {
    if (!row.statuses.Contains(status)) continue;
    if (row.trigger == kStatusRetryAfter && !ParseRetryAfter(response)) continue;
    if (!DependsOnAuthor(row)) return {&row};
    if (!from_api) from_api = IsOfTheApi(response);
    if (row.trigger == kStatusNotApi && *from_api) continue;
    return {&row, !*from_api};
  }
  return {&kCatalogue.back()};
}

// A success by its status that brought no reply. What it says of an error counts.
AnswerVerdict JudgeSuccess(const HttpResponse& response) {
  if (response.status == 200 && response.body_state == BodyState::kTooLarge) {
    return {&LocalRow(v1::UPSTREAM_RESPONSE_TOO_LARGE)};
  }
  const std::optional<ErrorBody> body = ParseErrorBody(response);
  if (!body || !body->from_api) return JudgeStatus(response.status, response, false);
  const bool has_status = body->code && *body->code >= 400 && *body->code <= 599;
  return JudgeStatus(has_status ? *body->code : response.status, response, true);
}

AnswerVerdict JudgeAnswer(const HttpResponse& response) {
  return IsSuccess(response.status) ? JudgeSuccess(response)
                                    : JudgeStatus(response.status, response, std::nullopt);
}

// Failures of a request that was not sent yet, and the end that we put to it ourselves.
bool IsBeforeAnythingIsSent(Failure failure) {
  constexpr Failure kBefore[] = {
      Failure::kDns,          Failure::kConnect,   Failure::kConnectTimeout, Failure::kTls,
      Failure::kTlsUntrusted, Failure::kCancelled, Failure::kProxyRefused};
  return std::find(std::begin(kBefore), std::end(kBefore), failure) != std::end(kBefore);
}

const ErrorRow& RowOf(Rpc rpc, const TransportError& error) {
  Failure failure = error.failure;
  // An exchange whose bytes have left us is lost, whatever cut it off.
  if (rpc == Rpc::kExchangeAuthCode && error.delivery != Delivery::kNever &&
      IsBeforeAnythingIsSent(failure)) {
    failure = Failure::kReset;
  }
  if (failure == Failure::kReset && error.http_status != 0) failure = Failure::kTruncated;
  if (failure == Failure::kCancelled) return LocalRow(v1::CALLER_CANCELLED);
  for (const ErrorRow& row : kCatalogue) {
    if (row.failure != failure) continue;
    if (row.trigger == kTransportAfter200 && IsSuccess(error.http_status)) return row;
    if (row.trigger == kTransport) return row;
  }
  return kCatalogue.back();
}

// A cancelled exchange has the row of a lost one, but the upstream did nothing wrong.
bool IsCancelled(const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr && error->failure == Failure::kCancelled;
}

Classification Classify(Rpc rpc, const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  // Whether its body will do is not known yet, and no second request would bring a better one.
  if (response != nullptr && IsSuccess(response->status)) {
    return {kNever, Health::kWorks, v1::UPSTREAM_RESPONSE_MALFORMED};
  }
  const Verdict verdict = Judge(rpc, result);
  const Health health = IsCancelled(result) ? Health::kUnknown : verdict.row->health;
  return {verdict.retry, health, verdict.row->reason};
}

}  // namespace

std::span<const ErrorRow> ErrorCatalogue() { return kCatalogue; }

const ErrorRow& LocalRow(ErrorReason reason) {
  for (const ErrorRow& row : kCatalogue) {
    if (row.trigger == kLocal && row.reason == reason) return row;
  }
  return kCatalogue.back();
}

Verdict Judge(Rpc rpc, const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  const AnswerVerdict found = error != nullptr ? AnswerVerdict{&RowOf(rpc, *error)}
                                               : JudgeAnswer(std::get<HttpResponse>(result));
  const ErrorRow& row = *found.row;
  Verdict verdict{&row,
                  row.reason,
                  row.code,
                  row.create,
                  UE::AUTH_CODE_STATE_UNSPECIFIED,
                  found.refused_in_front};
  if (rpc == Rpc::kCreateAuthCode) return verdict;
  // Whatever broke: with no body byte on the wire nothing can have happened to the code.
  if (error != nullptr && error->delivery == Delivery::kNever) {
    verdict.retry = row.create == kAlways ? kIfUnsent : kNever;
    verdict.auth_code_state = UE::UNSENT;
    return verdict;
  }
  verdict.reason = row.exchange_reason;
  verdict.code = row.exchange_code;
  verdict.retry = row.exchange;
  verdict.auth_code_state = found.refused_in_front ? UE::UNKNOWN : row.auth_code_state;
  return verdict;
}

Classification ClassifyCreate(const HttpResult& result) {
  return Classify(Rpc::kCreateAuthCode, result);
}

Classification ClassifyExchange(const HttpResult& result) {
  return Classify(Rpc::kExchangeAuthCode, result);
}

std::string_view ToString(Origin origin) {
  switch (origin) {
    case Origin::kGateway:
      return "gateway";
    case Origin::kUpstream:
      return "upstream";
    case Origin::kTransport:
      return "transport";
    case Origin::kCaller:
      return "caller";
  }
  return "gateway";
}

std::string_view SdkErrorName(Rpc rpc, int http_status, bool typed) {
  constexpr std::string_view kDefault = "ModelGatesDefaultError";
  if (http_status == 200) return "ResponseValidationError";
  if (!typed) return kDefault;
  const bool create = rpc == Rpc::kCreateAuthCode;
  switch (http_status) {
    case 400:
      return "BadRequestResponseError";
    case 401:
      return create ? "UnauthorizedResponseError" : kDefault;
    case 403:
      return create ? kDefault : "ForbiddenResponseError";
    case 409:
      return create ? "ConflictResponseError" : kDefault;
    case 500:
      return "InternalServerResponseError";
    default:
      return kDefault;
  }
}

}  // namespace modelgates::gateway
