#pragma once

#include <absl/status/status.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "base/log_options.h"
#include "http/http.h"
#include "resilience/classification.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// The error model in one table: every way a call can fail, and all that follows from it. Read by
// the retrier (through ClassifyCreate and ClassifyExchange), by what makes the reply, by the log,
// by the tests and by docs/errors.md, which is generated from it (scripts/docs). Nothing else
// decides by the reason or the status.

using AuthCodeState = modelgates::oauth::v1::UpstreamError::AuthCodeState;
using modelgates::oauth::v1::ErrorReason;

// Who is the cause: ErrorInfo.metadata "origin".
enum class Origin : uint8_t { kGateway, kUpstream, kTransport, kCaller };
std::string_view ToString(Origin origin);

// What makes a row apply.
enum class Trigger : uint8_t {
  kLocal,              // found by the gateway itself; looked up by its reason
  kTransport,          // a TransportError with the row's `failure`
  kTransportAfter200,  // the same, when the status line of a success had been read
  kStatus,             // an HttpResponse with one of `statuses`
  kStatusRetryAfter,   // the same, with a usable Retry-After
  kStatusNotApi,       // the same, when the body is no JSON error of the API
};

// HTTP statuses: {{401}}, {{502}, {504}, {520, 524}}.
struct StatusRange {
  int first = 1;
  int last = first;
};
class Statuses {
 public:
  constexpr Statuses() = default;
  constexpr Statuses(std::initializer_list<StatusRange> ranges) {
    std::copy(ranges.begin(), ranges.end(), ranges_.begin());
  }
  constexpr bool Contains(int status) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [status](const StatusRange& range) {
      return range.first <= status && status <= range.last;
    });
  }

 private:
  static constexpr StatusRange kNoStatus{1, 0};
  std::array<StatusRange, 4> ranges_{kNoStatus, kNoStatus, kNoStatus, kNoStatus};
};

// Whether the caller may repeat the call: ErrorInfo.metadata "retryable".
enum class CallerRetry : uint8_t {
  kNo,         // no wait would mend it
  kYes,        // after `delay`, or after the wait that comes with the failure
  kAfterWait,  // after a wait that somebody named, as long as the gateway has not tried enough
};

// What an exchange is that ends so after an attempt of unknown outcome.
enum class AfterUnknown : uint8_t {
  kStands,
  // The gateway's own first attempt may have spent the code, and this is what a spent code gets.
  kOutcomeUnknown,
};

// Details in addition to those that every error has (ErrorInfo, RequestInfo, UpstreamError after an
// attempt, RetryInfo when a wait is known).
enum Detail : uint8_t {
  kNoDetail = 0,
  kBadRequest = 1,
  kPreconditionFailure = 2,
  kQuotaFailure = 4,
  kLocationHost = 8,  // ErrorInfo.metadata "locationHost"
};

// Whether a link leads to the reason's entry in docs/errors.md; its anchor is the reason's name.
enum class HelpLink : uint8_t { kNo, kYes, kUnlessTheApiAnswered };

// What the person who signs in is told (google.rpc.LocalizedMessage); the sentences are in
// error_words.cc.
enum class UserText : uint8_t {
  kNone,          // nobody is there to read it, or it is the calling program's own mistake
  kSignInAgain,   // the code has expired or was used
  kInterrupted,   // the outcome is unknown
  kNotCompleted,  // refused, and another sign-in may go through
  kTookTooLong,
  kStillRunning,
  kUnavailable,  // something failed that may work again
  kFaultOfApp,
  kFaultOfService,  // an operator must act
  kPayment,
  kLegal,
};
struct UserTexts {
  UserText create = UserText::kNone;
  UserText exchange = UserText::kNone;
};

// What happened and what to do about it, once it is known whose key the call was sent with.
struct KeyWords {
  const char* what;
  const char* remedy;
};
struct KeyRefusal {
  KeyWords of_gateway;
  KeyWords of_caller;
};

struct ErrorRow {
  const char* condition;  // in words, for docs/errors.md
  Trigger trigger = Trigger::kLocal;
  TransportFailure failure{};  // kTransport, kTransportAfter200
  Statuses statuses{};         // kStatus, kStatusRetryAfter, kStatusNotApi

  ErrorReason reason{};
  absl::StatusCode code{};
  // An exchange that was sent is EXCHANGE_OUTCOME_UNKNOWN instead.
  bool loses_exchange = false;

  Origin origin{};
  // What it says of the upstream. kFails counts against it: 5xx but 501 (a wrong endpoint), no
  // HTTP, and every end without an answer but our own.
  Health health = Health::kUnknown;
  Severity severity = Severity::kInfo;  // of the call's log line

  RetryClass create = RetryClass::kNever;
  RetryClass exchange = RetryClass::kNever;
  StopReason stop = StopReason::kNotRetryable;  // kLocal
  CallerRetry caller_retry = CallerRetry::kNo;
  std::optional<std::chrono::milliseconds> delay{};  // kYes

  AuthCodeState auth_code_state = oauth::v1::UpstreamError::UNSENT;  // of an exchange
  AfterUnknown after_unknown = AfterUnknown::kStands;

  uint8_t details = kNoDetail;  // of Detail
  HelpLink help = HelpLink::kNo;
  // Present: the reason is about a key, so it matters whose.
  std::optional<KeyRefusal> key{};
  // The names that the SDK has for an answer of the API, null for its ordinary one.
  const char* create_sdk_error = nullptr;
  const char* exchange_sdk_error = nullptr;

  // What happened, and who is the cause. Lower-case start, no full stop.
  const char* what;
  // What to do when the same call again does not help; null: the violations say it.
  const char* remedy;
  // What to do when it does help; "in 60 s" follows.
  const char* repeat = "try again";
  UserTexts user{};
};

// All rows, in the order of the contract. Of the rows that fit an answer the first applies.
std::span<const ErrorRow> ErrorCatalogue();

// The row of a reason: of what the gateway found by itself, where there is such a row. Every reason
// of the proto has one.
const ErrorRow& RowOf(ErrorReason reason);

}  // namespace modelgates::gateway
