#pragma once

#include <absl/status/status.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "failure/error_words.h"
#include "http/http.h"
#include "resilience/classification.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// The error model in one table: every way a call can fail, and what the caller gets for it. Read by
// the retrier (may it be tried again, is it the upstream's fault), by rpc/status_mapping (code,
// reason, details), by the tests and by docs/errors.md, which is made of this one.

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

// HTTP statuses, as up to four ranges.
struct StatusRange {
  int first = 1;
  int last = 0;
};
struct Statuses {
  std::array<StatusRange, 4> ranges;
  constexpr bool Contains(int status) const {
    return std::any_of(ranges.begin(), ranges.end(), [status](const StatusRange& range) {
      return range.first <= status && status <= range.last;
    });
  }
};

// Details beside those that every error has (ErrorInfo, RequestInfo, UpstreamError after an
// attempt, RetryInfo when a wait is known).
enum Detail : uint8_t {
  kNoDetail = 0,
  kBadRequest = 1,
  kPreconditionFailure = 2,
  kQuotaFailure = 4,
  kHelp = 16,
};

struct ErrorRow {
  const char* condition;  // in words, for docs/errors.md
  Trigger trigger;
  TransportFailure failure;  // kTransport, kTransportAfter200
  Statuses statuses;         // kStatus, kStatusRetryAfter, kStatusNotApi

  ErrorReason reason;
  absl::StatusCode code;
  // Of an exchange that was sent, where that differs from the two above.
  ErrorReason exchange_reason;
  absl::StatusCode exchange_code;

  Origin origin;
  // What it says of the upstream. kFails counts against it: 5xx but 501 (a wrong endpoint), no
  // HTTP, and every end without an answer but our own.
  Health health;
  RetryClass create;
  RetryClass exchange;
  AuthCodeState auth_code_state;  // of an exchange
  uint8_t details;                // of Detail
  ErrorWords words;
};

// All rows, in the order of the contract.
std::span<const ErrorRow> ErrorCatalogue();

// The row of something the gateway found by itself. `reason` must have a kLocal row.
const ErrorRow& LocalRow(ErrorReason reason);

// What a result means for a call of `rpc`.
struct Verdict {
  const ErrorRow* row;
  ErrorReason reason;
  absl::StatusCode code;
  RetryClass retry;
  AuthCodeState auth_code_state;  // AUTH_CODE_STATE_UNSPECIFIED for a create
  // The answer refuses the request, and something in front of the API gave it: a CDN, a firewall, a
  // proxy. What became of the code is then unknown.
  bool refused_in_front = false;
};

// Judges a result that brought no reply. The HTTP status decides, never `error.code` of the body;
// the body decides only who said it. But a success (2xx) that holds an error of the API instead of
// what a reply needs is that error: the row is that of `error.code`, where that is a status.
Verdict Judge(Rpc rpc, const HttpResult& result);

// As Judge, but for the retrier and the circuit breaker: a success is kNever and kWorks, whatever
// its body.
Classification ClassifyCreate(const HttpResult& result);
Classification ClassifyExchange(const HttpResult& result);

// The name an answer with this status has in the SDK, e.g. "BadRequestResponseError". `typed`: its
// body was a JSON error of the API's shape (REST contract, section 4).
std::string_view SdkErrorName(Rpc rpc, int http_status, bool typed);

// docs/errors.md: the table, and an entry for each reason, with the reason's name as its anchor.
std::string ErrorCatalogueMarkdown();

}  // namespace modelgates::gateway
