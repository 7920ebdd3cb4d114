#include "failure/error_catalogue.h"

#include <cstdlib>
#include <limits>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using absl::StatusCode;
using enum AfterUnknown;
using enum CallerRetry;
using enum Health;
using enum RetryClass;
using enum Severity;
using enum Trigger;
using enum UserText;
using Failure = TransportFailure;
using UE = v1::UpstreamError;
using std::chrono::milliseconds;

// Long enough for a burst to pass, and short for a person who waits.
constexpr milliseconds kOverloadDelay{1000};
constexpr milliseconds kInProgressDelay{500};
// After one second the whole burst of a caller is available again, for any rate.
constexpr milliseconds kShareDelay{1000};

constexpr StatusRange kAnyNumber{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};

constexpr char kCheckUpstream[] = "operators should check --upstream";
constexpr char kTellUpstream[] = "report it to its operators";
constexpr char kCheckKeyFile[] = "operators should check its key_file";

constexpr KeyRefusal kKeyRefusal{
    .of_gateway = {"the upstream refused the gateway's API key",
                   "operators should check --api_key_file"},
    .of_caller = {"the upstream refused the caller's API key",
                  "send another one as authorization metadata"},
    .of_rule = {"the upstream refused the API key of this caller", kCheckKeyFile}};

constexpr KeyWords kNeedsCallersKey{"this gateway needs the caller's API key",
                                    "send it as authorization metadata"};
constexpr KeyRefusal kKeyMissing{
    .of_gateway = kNeedsCallersKey,  // does not occur: without a key no header is sent
    .of_caller = kNeedsCallersKey,
    .of_rule = {"the gateway has no usable API key for this caller", kCheckKeyFile}};

// The lines of a row: when it applies, what it is, what may be repeated with the state of the code,
// and its words. Formatted by hand, because the formatter would put each column on its own line.
// clang-format off
constexpr ErrorRow kRows[] = {
    // Before anything is sent.
    {.condition = "request that cannot be parsed: not protobuf, compressed, text that is not UTF-8",
     .reason = v1::REQUEST_MALFORMED, .code = StatusCode::kInvalidArgument,
     .origin = Origin::kCaller,
     .what = "the request is not a message of this RPC",
     .remedy = "send protobuf, uncompressed, with all text in UTF-8", .user = {kNone, kFaultOfApp}},
    {.condition = "required field missing or blank",
     .reason = v1::FIELD_REQUIRED, .code = StatusCode::kInvalidArgument, .origin = Origin::kCaller,
     .details = kBadRequest,
     .what = "the request lacks a required field", .remedy = nullptr, .user = {kNone, kFaultOfApp}},
    {.condition = "bad value: URL, `limit`, header field, enum number, timestamp, "
                  "verifier or challenge",
     .reason = v1::FIELD_INVALID, .code = StatusCode::kInvalidArgument, .origin = Origin::kCaller,
     .details = kBadRequest,
     .what = "the request has a field that cannot be sent", .remedy = nullptr,
     .user = {kNone, kFaultOfApp}},
    {.condition = "`callback_url` outside the policy",
     .reason = v1::CALLBACK_URL_NOT_ALLOWED, .code = StatusCode::kInvalidArgument,
     .origin = Origin::kCaller,
     .details = kBadRequest, .help = HelpLink::kYes,
     .what = "callback_url is not allowed by the gateway's callback policy", .remedy = nullptr,
     .user = {kNone, kFaultOfApp}},
    {.condition = "retry override outside the ceilings",
     .reason = v1::RETRY_CONFIG_INVALID, .code = StatusCode::kInvalidArgument,
     .origin = Origin::kCaller,
     .details = kBadRequest,
     .what = "retries is outside the gateway's ceilings", .remedy = nullptr,
     .user = {kNone, kFaultOfApp}},
    {.condition = "credential mode `passthrough` and no bearer, or `either` and "
                  "`authorization` that is none; or the caller's `key_file` has no usable key",
     .reason = v1::CREDENTIAL_MISSING, .code = StatusCode::kUnauthenticated,
     .origin = Origin::kCaller,
     .help = HelpLink::kYes,
     .key = kKeyMissing,
     .what = kNeedsCallersKey.what,
     .remedy = kNeedsCallersKey.remedy, .user = {kNone, kFaultOfApp}},
    {.condition = "caller that is not in the callers file, or not for this method",
     .reason = v1::CALLER_NOT_ALLOWED, .code = StatusCode::kPermissionDenied,
     .origin = Origin::kCaller,
     .what = "this caller may not call this method of the gateway",
     .remedy = "ask its operators for access",
     .user = {kNone, kFaultOfApp}},
    {.condition = "caller above its share of calls per second, or of calls at the same time",
     .reason = v1::CALLER_LIMIT_EXCEEDED, .code = StatusCode::kResourceExhausted,
     .origin = Origin::kCaller,
     .caller_retry = kYes, .delay = kShareDelay,
     .details = kQuotaFailure,
     .what = "this caller makes more calls than its share of the gateway",
     .remedy = "make fewer calls, or ask its operators for a larger share",
     .user = {kNone, kUnavailable}},
    {.condition = "more calls, or exchanges under way, than admission allows",
     .reason = v1::GATEWAY_OVERLOADED, .code = StatusCode::kUnavailable, .origin = Origin::kGateway,
     .severity = kWarning,
     .caller_retry = kYes, .delay = kOverloadDelay,
     .what = "the gateway serves as many calls as it admits",
     .remedy = "operators should add replicas", .user = {kUnavailable, kUnavailable}},
    {.condition = "draining",
     .reason = v1::GATEWAY_DRAINING, .code = StatusCode::kUnavailable, .origin = Origin::kGateway,
     .severity = kWarning,
     .caller_retry = kYes, .delay = milliseconds(0),
     .what = "this gateway is shutting down, another one serves",
     .remedy = "connect to another one", .user = {kUnavailable, kUnavailable}},
    {.condition = "breaker open",
     .reason = v1::UPSTREAM_CIRCUIT_OPEN, .code = StatusCode::kUnavailable,
     .origin = Origin::kGateway, .severity = kWarning,
     .stop = StopReason::kBreakerOpen, .caller_retry = kYes,
     .what = "the upstream kept failing, so nothing is sent to it for a while",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kUnavailable}},
    {.condition = "exchange store cannot be asked, and must be",
     .reason = v1::EXCHANGE_STORE_UNAVAILABLE, .code = StatusCode::kUnavailable,
     .origin = Origin::kGateway, .severity = kWarning,
     .caller_retry = kYes, .delay = kOverloadDelay,
     .what = "the store that the gateways share cannot be asked, so nothing was sent",
     .remedy = "operators should check --exchange_store", .user = {kUnavailable, kUnavailable}},
    {.condition = "less than 100 ms of deadline left",
     .reason = v1::DEADLINE_TOO_SHORT, .code = StatusCode::kDeadlineExceeded,
     .origin = Origin::kCaller,
     .stop = StopReason::kDeadline,
     .what = "less than 100 ms of the deadline were left, so nothing was sent",
     .remedy = "give the call more time", .user = {kTookTooLong, kTookTooLong}},
    {.condition = "caller cancelled",
     .reason = v1::CALLER_CANCELLED, .code = StatusCode::kCancelled, .origin = Origin::kCaller,
     .what = "the caller cancelled the call", .remedy = "call anew if the result is still wanted"},

    // Transport: nothing was sent.
    {.condition = "no such host", .trigger = kTransport, .failure = Failure::kDns,
     .reason = v1::UPSTREAM_DNS_FAILURE, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .what = "the upstream's name could not be resolved",
     .remedy = "operators should check --upstream and DNS", .user = {kUnavailable, kUnavailable}},
    {.condition = "refused, unreachable", .trigger = kTransport, .failure = Failure::kConnect,
     .reason = v1::UPSTREAM_CONNECT_FAILED, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .what = "the upstream could not be reached",
     .remedy = "operators should check --upstream and the network",
     .user = {kUnavailable, kUnavailable}},
    {.condition = "connect timeout", .trigger = kTransport, .failure = Failure::kConnectTimeout,
     .reason = v1::UPSTREAM_CONNECT_FAILED, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .what = "the upstream took too long to accept a connection",
     .remedy = "operators should check --upstream and the network",
     .user = {kUnavailable, kUnavailable}},
    {.condition = "proxy that asks for authentication (407)", .trigger = kTransport,
     .failure = Failure::kProxyRefused,
     .reason = v1::UPSTREAM_CONNECT_FAILED, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .what = "the proxy in front of the upstream refused the gateway's credentials",
     .remedy = "operators should check --upstream_proxy",
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "TLS handshake broken off", .trigger = kTransport, .failure = Failure::kTls,
     .reason = v1::UPSTREAM_TLS_FAILED, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .what = "the TLS handshake with the upstream broke off",
     .remedy = "operators should check that --upstream speaks TLS",
     .user = {kUnavailable, kUnavailable}},
    {.condition = "certificate not trusted (CA, name, date)", .trigger = kTransport,
     .failure = Failure::kTlsUntrusted,
     .reason = v1::UPSTREAM_TLS_UNTRUSTED, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .what = "the upstream's certificate is not trusted",
     .remedy = "operators should check --upstream and --upstream_ca_file",
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "HTTP/2: REFUSED_STREAM, GOAWAY below the stream",
     .trigger = kTransport, .failure = Failure::kRefusedStream,
     .reason = v1::UPSTREAM_REFUSED_STREAM, .code = StatusCode::kUnavailable,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .what = "the upstream refused the request unprocessed",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kUnavailable}},

    // Transport: sent, and no complete answer. An exchange cannot know its outcome.
    {.condition = "reset or closed before an answer", .trigger = kTransport,
     .failure = Failure::kReset,
     .reason = v1::UPSTREAM_RESET, .code = StatusCode::kUnavailable, .loses_exchange = true,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the connection to the upstream ended before an answer",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kInterrupted}},
    {.condition = "reset within the answer, 200 seen", .trigger = kTransportAfter200,
     .failure = Failure::kTruncated,
     .reason = v1::UPSTREAM_RESPONSE_TRUNCATED, .code = StatusCode::kUnavailable,
     .loses_exchange = true, .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .caller_retry = kAfterWait, .auth_code_state = UE::SPENT,
     .what = "the connection to the upstream ended within its answer",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kInterrupted}},
    {.condition = "reset within the answer", .trigger = kTransport, .failure = Failure::kTruncated,
     .reason = v1::UPSTREAM_RESPONSE_TRUNCATED, .code = StatusCode::kUnavailable,
     .loses_exchange = true, .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the connection to the upstream ended within its answer",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kInterrupted}},
    {.condition = "no whole answer in time, 200 seen", .trigger = kTransportAfter200,
     .failure = Failure::kTimeout,
     .reason = v1::UPSTREAM_TIMEOUT, .code = StatusCode::kUnavailable, .loses_exchange = true,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .caller_retry = kAfterWait, .auth_code_state = UE::SPENT,
     .what = "the upstream did not finish its answer in time",
     .remedy = "operators should check the upstream", .user = {kUnavailable, kInterrupted}},
    {.condition = "attempt timeout", .trigger = kTransport, .failure = Failure::kTimeout,
     .reason = v1::UPSTREAM_TIMEOUT, .code = StatusCode::kUnavailable, .loses_exchange = true,
     .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .create = kAlways, .caller_retry = kAfterWait, .auth_code_state = UE::UNKNOWN,
     .what = "the upstream did not answer in time", .remedy = "operators should check the upstream",
     .user = {kUnavailable, kInterrupted}},
    {.condition = "answer that is not HTTP, 200 seen", .trigger = kTransportAfter200,
     .failure = Failure::kGarbage,
     .reason = v1::UPSTREAM_RESPONSE_MALFORMED, .code = StatusCode::kInternal,
     .loses_exchange = true, .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .auth_code_state = UE::SPENT,
     .what = "the upstream's answer is not valid HTTP", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kInterrupted}},
    {.condition = "answer that is not HTTP", .trigger = kTransport, .failure = Failure::kGarbage,
     .reason = v1::UPSTREAM_RESPONSE_MALFORMED, .code = StatusCode::kInternal,
     .loses_exchange = true, .origin = Origin::kTransport, .health = kFails, .severity = kWarning,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream's answer is not valid HTTP", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kInterrupted}},

    // Found by the gateway while a call runs.
    {.condition = "caller's deadline",
     .reason = v1::DEADLINE_EXCEEDED, .code = StatusCode::kDeadlineExceeded,
     .origin = Origin::kCaller,
     .stop = StopReason::kDeadline,
     .what = "the deadline passed before the upstream answered",
     .remedy = "give the call more time", .user = {kTookTooLong, kTookTooLong}},
    {.condition = "caller's deadline, exchange sent",
     .reason = v1::EXCHANGE_IN_PROGRESS, .code = StatusCode::kDeadlineExceeded,
     .origin = Origin::kCaller,
     .stop = StopReason::kDeadline, .caller_retry = kYes, .delay = kInProgressDelay,
     .auth_code_state = UE::IN_FLIGHT,
     .what = "the upstream has the code and has not answered yet",
     .remedy = "repeat the identical call to receive the result",
     .repeat = "repeat the identical call", .user = {kNone, kStillRunning}},
    {.condition = "exchange sent by another gateway that did not say what came of it",
     .reason = v1::EXCHANGE_OUTCOME_UNKNOWN, .code = StatusCode::kAborted,
     .origin = Origin::kGateway, .severity = kWarning,
     .auth_code_state = UE::UNKNOWN,
     .what = "another gateway sent the exchange, and its result is unknown",
     .remedy = "operators should check that gateway", .user = {kInterrupted, kInterrupted}},
    {.condition = "exchange that succeeded, repeated more often or later than it is replayed",
     .reason = v1::EXCHANGE_ALREADY_COMPLETED, .code = StatusCode::kFailedPrecondition,
     .origin = Origin::kCaller,
     .auth_code_state = UE::SPENT,
     .what = "this exchange succeeded before, and its key is not given again",
     .remedy = "use the key that was received, if it is not lost", .user = {kNone, kSignInAgain}},
    {.condition = "200 answer larger than the cap (256 KiB)",
     .reason = v1::UPSTREAM_RESPONSE_TOO_LARGE, .code = StatusCode::kInternal,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::SPENT,
     .what = "the upstream's answer is larger than 256 KiB", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kFaultOfService}},

    // HTTP answers. The first row that fits applies, so special rows come before general ones.
    {.condition = "200, not JSON, wrong or missing fields", .trigger = kStatus, .statuses = {{200}},
     .reason = v1::UPSTREAM_RESPONSE_MALFORMED, .code = StatusCode::kInternal,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::SPENT,
     .what = "the upstream's answer could not be understood", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "3xx, never followed", .trigger = kStatus, .statuses = {{300, 399}},
     .reason = v1::UPSTREAM_REDIRECT, .code = StatusCode::kInternal, .origin = Origin::kUpstream,
     .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::UNKNOWN, .details = kLocationHost, .help = HelpLink::kYes,
     .what = "the upstream answered with a redirect, which is never followed",
     .remedy = kCheckUpstream, .user = {kFaultOfService, kFaultOfService}},
    {.condition = "400", .trigger = kStatus, .statuses = {{400}},
     .reason = v1::BAD_REQUEST, .code = StatusCode::kInvalidArgument, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED, .after_unknown = kOutcomeUnknown, .details = kBadRequest,
     .create_sdk_error = "BadRequestResponseError", .exchange_sdk_error = "BadRequestResponseError",
     .what = "the upstream refused the request", .remedy = "correct it",
     .user = {kFaultOfApp, kNotCompleted}},
    {.condition = "401 without a JSON error of the API (CDN, firewall, proxy)",
     .trigger = kStatusNotApi, .statuses = {{401}},
     .reason = v1::UPSTREAM_BLOCKED, .code = StatusCode::kUnavailable, .origin = Origin::kUpstream,
     .health = kWorks, .severity = kWarning,
     .create = kFinal, .exchange = kFinal, .auth_code_state = UE::UNKNOWN,
     .after_unknown = kOutcomeUnknown, .help = HelpLink::kYes,
     .what = "something in front of the API (CDN, firewall or proxy) refused the gateway's request",
     .remedy = "operators should have it let the gateway through",
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "403 without a JSON error of the API", .trigger = kStatusNotApi,
     .statuses = {{403}},
     .reason = v1::UPSTREAM_BLOCKED, .code = StatusCode::kUnavailable, .origin = Origin::kUpstream,
     .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::UNKNOWN, .after_unknown = kOutcomeUnknown, .help = HelpLink::kYes,
     .what = "something in front of the API (CDN, firewall or proxy) refused the gateway's request",
     .remedy = "operators should have it let the gateway through",
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "401", .trigger = kStatus, .statuses = {{401}},
     .reason = v1::UNAUTHORIZED, .code = StatusCode::kUnauthenticated, .origin = Origin::kUpstream,
     .health = kWorks, .severity = kWarning,
     .create = kFinal, .exchange = kFinal, .auth_code_state = UE::REJECTED,
     .after_unknown = kOutcomeUnknown, .help = HelpLink::kYes,
     .key = kKeyRefusal,
     .create_sdk_error = "UnauthorizedResponseError",
     .what = "the upstream refused the API key", .remedy = "check the key",
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "402", .trigger = kStatus, .statuses = {{402}},
     .reason = v1::PAYMENT_REQUIRED, .code = StatusCode::kFailedPrecondition,
     .origin = Origin::kUpstream, .health = kWorks,
     .auth_code_state = UE::REJECTED, .details = kPreconditionFailure,
     .what = "the account does not have enough credit", .remedy = "add credit",
     .user = {kPayment, kPayment}},
    {.condition = "403", .trigger = kStatus, .statuses = {{403}},
     .reason = v1::FORBIDDEN, .code = StatusCode::kPermissionDenied, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED, .after_unknown = kOutcomeUnknown,
     .exchange_sdk_error = "ForbiddenResponseError",
     .what = "the upstream does not permit this",
     .remedy = "check the credential", .exchange_remedy = "start a new authorization",
     .user = {kFaultOfService, kSignInAgain}},
    {.condition = "404", .trigger = kStatus, .statuses = {{404}},
     .reason = v1::NOT_FOUND, .code = StatusCode::kNotFound, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED, .after_unknown = kOutcomeUnknown,
     .help = HelpLink::kUnlessTheApiAnswered,
     .what = "the upstream did not find what was asked for", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kNotCompleted}},
    {.condition = "405, 501", .trigger = kStatus, .statuses = {{405}, {501}},
     .reason = v1::UPSTREAM_ENDPOINT_MISSING, .code = StatusCode::kUnimplemented,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::REJECTED, .help = HelpLink::kYes,
     .what = "the upstream lacks this operation", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "406, 415", .trigger = kStatus, .statuses = {{406}, {415}},
     .reason = v1::UPSTREAM_MEDIA_TYPE_REJECTED, .code = StatusCode::kInternal,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::REJECTED,
     .what = "the upstream does not speak JSON here", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kFaultOfService}},
    {.condition = "408, 425", .trigger = kStatus, .statuses = {{408}, {425}},
     .reason = v1::UPSTREAM_REQUEST_TIMEOUT, .code = StatusCode::kUnavailable,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNSENT,
     .what = "the upstream gave up waiting for the request",
     .remedy = "operators should check the network to it", .user = {kUnavailable, kUnavailable}},
    {.condition = "409", .trigger = kStatus, .statuses = {{409}},
     .reason = v1::CONFLICT, .code = StatusCode::kAborted, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED,
     .create_sdk_error = "ConflictResponseError",
     .what = "the request conflicts with the state of the upstream",
     .remedy = "resolve that, then call anew", .user = {kNotCompleted, kNotCompleted}},
    {.condition = "410", .trigger = kStatus, .statuses = {{410}},
     .reason = v1::GONE, .code = StatusCode::kFailedPrecondition, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED, .after_unknown = kOutcomeUnknown,
     .what = "what was asked for no longer exists", .remedy = "start a new authorization",
     .user = {kNotCompleted, kSignInAgain}},
    {.condition = "412", .trigger = kStatus, .statuses = {{412}},
     .reason = v1::PRECONDITION_FAILED, .code = StatusCode::kFailedPrecondition,
     .origin = Origin::kUpstream, .health = kWorks,
     .auth_code_state = UE::REJECTED,
     .what = "a precondition of the upstream failed", .remedy = "meet it, then call anew",
     .user = {kNotCompleted, kNotCompleted}},
    {.condition = "413, 414, 422, 431", .trigger = kStatus, .statuses = {{413, 414}, {422}, {431}},
     .reason = v1::UNPROCESSABLE, .code = StatusCode::kInvalidArgument, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED,
     .what = "the upstream cannot process the request", .remedy = "correct it",
     .user = {kFaultOfApp, kFaultOfApp}},
    {.condition = "429", .trigger = kStatus, .statuses = {{429}},
     .reason = v1::RATE_LIMITED, .code = StatusCode::kResourceExhausted,
     .origin = Origin::kUpstream, .health = kWorks,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNSENT, .details = kQuotaFailure,
     .what = "the upstream limits the rate of requests", .remedy = "send fewer requests",
     .user = {kUnavailable, kUnavailable}},
    {.condition = "451", .trigger = kStatus, .statuses = {{451}},
     .reason = v1::LEGAL_BLOCK, .code = StatusCode::kPermissionDenied, .origin = Origin::kUpstream,
     .health = kWorks,
     .auth_code_state = UE::REJECTED,
     .what = "the upstream refuses for legal reasons", .remedy = "ask its operators",
     .user = {kLegal, kLegal}},
    {.condition = "499", .trigger = kStatus, .statuses = {{499}},
     .reason = v1::UPSTREAM_CLOSED_REQUEST, .code = StatusCode::kUnavailable,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream closed the request", .remedy = kTellUpstream,
     .user = {kUnavailable, kUnavailable}},
    {.condition = "other 4xx", .trigger = kStatus, .statuses = {{400, 499}},
     .reason = v1::UPSTREAM_CLIENT_ERROR, .code = StatusCode::kUnknown, .origin = Origin::kUpstream,
     .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::REJECTED,
     .what = "the upstream refused the request", .remedy = "correct it",
     .user = {kNotCompleted, kNotCompleted}},
    {.condition = "500", .trigger = kStatus, .statuses = {{500}},
     .reason = v1::INTERNAL_SERVER, .code = StatusCode::kInternal, .origin = Origin::kUpstream,
     .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .create_sdk_error = "InternalServerResponseError",
     .exchange_sdk_error = "InternalServerResponseError",
     .what = "the upstream failed", .remedy = kTellUpstream, .user = {kUnavailable, kUnavailable}},
    {.condition = "502, 504, 520 to 524", .trigger = kStatus,
     .statuses = {{502}, {504}, {520, 524}},
     .reason = v1::UPSTREAM_BAD_GATEWAY, .code = StatusCode::kUnavailable,
     .origin = Origin::kUpstream, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "a proxy before the upstream failed",
     .remedy = "report it to the operators of the upstream", .user = {kUnavailable, kUnavailable}},
    {.condition = "503 with Retry-After", .trigger = kStatusRetryAfter, .statuses = {{503}},
     .reason = v1::UPSTREAM_UNAVAILABLE, .code = StatusCode::kUnavailable,
     .origin = Origin::kUpstream, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNSENT,
     .what = "the upstream is unavailable", .remedy = kTellUpstream,
     .user = {kUnavailable, kUnavailable}},
    {.condition = "503 without", .trigger = kStatus, .statuses = {{503}},
     .reason = v1::UPSTREAM_UNAVAILABLE, .code = StatusCode::kUnavailable,
     .origin = Origin::kUpstream, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream is unavailable", .remedy = kTellUpstream,
     .user = {kUnavailable, kUnavailable}},
    {.condition = "529 with Retry-After", .trigger = kStatusRetryAfter, .statuses = {{529}},
     .reason = v1::UPSTREAM_OVERLOADED, .code = StatusCode::kResourceExhausted,
     .origin = Origin::kUpstream, .health = kFails,
     .create = kAlways, .exchange = kIfUnsent, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNSENT,
     .what = "the upstream is overloaded", .remedy = kTellUpstream,
     .user = {kUnavailable, kUnavailable}},
    {.condition = "529 without", .trigger = kStatus, .statuses = {{529}},
     .reason = v1::UPSTREAM_OVERLOADED, .code = StatusCode::kResourceExhausted,
     .origin = Origin::kUpstream, .health = kFails,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream is overloaded", .remedy = kTellUpstream,
     .user = {kUnavailable, kUnavailable}},
    {.condition = "other 5xx", .trigger = kStatus, .statuses = {{500, 599}},
     .reason = v1::UPSTREAM_SERVER_ERROR, .code = StatusCode::kInternal,
     .origin = Origin::kUpstream, .health = kFails, .severity = kWarning,
     .create = kAlways, .exchange = kUnknownOutcome, .caller_retry = kAfterWait,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream failed", .remedy = kTellUpstream, .user = {kUnavailable, kUnavailable}},

    // Unknown statuses are treated in the safest way.
    {.condition = "2xx but 200, and any number that is no status", .trigger = kStatus,
     .statuses = {kAnyNumber},
     .reason = v1::UPSTREAM_UNEXPECTED_STATUS, .code = StatusCode::kInternal,
     .origin = Origin::kUpstream, .health = kWorks, .severity = kWarning,
     .auth_code_state = UE::UNKNOWN,
     .what = "the upstream answered with an unexpected status", .remedy = kCheckUpstream,
     .user = {kFaultOfService, kFaultOfService}},
};
// clang-format on

constexpr bool HasRow(Failure failure) {
  return std::any_of(std::begin(kRows), std::end(kRows), [failure](const ErrorRow& row) {
    return row.trigger == kTransport && row.failure == failure;
  });
}

constexpr bool EveryFailureHasARow() {
  for (int i = 0; i <= static_cast<int>(kLastTransportFailure); ++i) {
    const auto failure = static_cast<Failure>(i);
    // Found by the gateway itself: CALLER_CANCELLED.
    if (failure != Failure::kCancelled && !HasRow(failure)) return false;
  }
  return true;
}
static_assert(EveryFailureHasARow());

constexpr const ErrorRow& kLastRow = kRows[std::size(kRows) - 1];
static_assert(kLastRow.trigger == kStatus && kLastRow.statuses.Contains(kAnyNumber.first) &&
                  kLastRow.statuses.Contains(kAnyNumber.last),
              "every answer has a row");

}  // namespace

std::span<const ErrorRow> ErrorCatalogue() { return kRows; }

const ErrorRow& RowOf(ErrorReason reason) {
  const ErrorRow* found = nullptr;
  for (const ErrorRow& row : kRows) {
    if (row.reason != reason) continue;
    if (row.trigger == kLocal) return row;
    if (found == nullptr) found = &row;
  }
  if (found == nullptr) std::abort();  // error_catalogue_test: every reason of the proto has a row
  return *found;
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

}  // namespace modelgates::gateway
