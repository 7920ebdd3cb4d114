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

// The error model in one table: every way a call can fail, and all that follows from it. Retrier
// (through ClassifyCreate and ClassifyExchange), error reply, log and tests read it; docs/errors.md
// is generated from it (scripts/docs). Nothing else decides by the reason or the status.

using AuthCodeState = modelgates::oauth::v1::UpstreamError::AuthCodeState;
using modelgates::oauth::v1::ErrorReason;

// The cause: ErrorInfo.metadata "origin".
enum class Origin : uint8_t { kGateway, kUpstream, kTransport, kCaller };
std::string_view ToString(Origin origin);

// When a row applies.
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
  kNo,         // repeating does not help
  kYes,        // after `delay`, or after the wait that comes with the failure
  kAfterWait,  // after the wait that upstream or breaker asked for, unless attempts are exhausted
};

// The reason of an exchange that ends with this row after an attempt of unknown outcome.
enum class AfterUnknown : uint8_t {
  kStands,
  // EXCHANGE_OUTCOME_UNKNOWN: the first attempt may have spent the code and caused this answer.
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

// The message for the person who signs in (google.rpc.LocalizedMessage); the sentences are in
// error_words.cc.
enum class UserText : uint8_t {
  kNone,          // no person waits, or the calling program made the mistake
  kSignInAgain,   // the code has expired or was used
  kInterrupted,   // the outcome is unknown
  kNotCompleted,  // refused; another sign-in may succeed
  kTookTooLong,
  kStillRunning,
  kUnavailable,  // a failure that may pass
  kFaultOfApp,
  kFaultOfService,  // an operator must act
  kPayment,
  kLegal,
};
struct UserTexts {
  UserText create = UserText::kNone;
  UserText exchange = UserText::kNone;
};

// What happened and what to do about it, when the owner of the key is known.
struct KeyWords {
  const char* what;
  const char* remedy;
};
struct KeyRefusal {
  KeyWords of_gateway;
  KeyWords of_caller;
  KeyWords of_rule;
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
  // Whether it counts as a failure of the upstream: 5xx except 501 (a wrong endpoint), no HTTP, and
  // no answer, unless the gateway ended the attempt.
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
  // Present: the reason is about a key; the words depend on its owner.
  std::optional<KeyRefusal> key{};
  // The SDK's names for an answer of the API; null: its default error.
  const char* create_sdk_error = nullptr;
  const char* exchange_sdk_error = nullptr;

  // What happened, and who is the cause. Lower-case start, no full stop.
  const char* what;
  // What to do when repeating does not help; null: the violations say it.
  const char* remedy;
  const char* exchange_remedy = nullptr;  // of an exchange, if it is another one
  // What to do when repeating helps; "in 60 s" follows.
  const char* repeat = "try again";
  UserTexts user{};
};

// All rows, in the order of the contract. The first row that fits an answer applies.
std::span<const ErrorRow> ErrorCatalogue();

// The row of a reason: its kLocal row if there is one. Every reason of the proto has a row.
const ErrorRow& RowOf(ErrorReason reason);

}  // namespace modelgates::gateway
