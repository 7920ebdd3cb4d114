#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failure/error_catalogue.h"
#include "failure/key_owner.h"
#include "failure/violation.h"
#include "redaction/redaction.h"
#include "resilience/retrier.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// Why a call failed, in the words of the error catalogue: all that its error reply says.
struct FailedCall {
  Rpc rpc;
  const ErrorRow* row;
  ErrorReason reason;
  absl::StatusCode code;
  AuthCodeState auth_code_state = oauth::v1::UpstreamError::AUTH_CODE_STATE_UNSPECIFIED;
  StopReason stop = StopReason::kNotRetryable;
  // Repeating this very call after a wait makes sense; never because of what we tried already.
  bool retryable = false;
  // The reason is not the last result's own: see FailUpstream.
  bool after_unknown_attempt = false;
  bool refused_in_front = false;  // see Verdict
  // The wait before that, where it is known.
  std::optional<std::chrono::milliseconds> retry_delay{};
  // UPSTREAM_CIRCUIT_OPEN: why the breaker last counted a failure; unspecified when unknown.
  ErrorReason breaker_failure = oauth::v1::ERROR_REASON_UNSPECIFIED;
  // Whose key the call was sent with; absent: it failed before that was settled.
  std::optional<KeyOwner> key_owner{};
  int attempts = 0;
  const Outcome* outcome = nullptr;  // null: no attempt ended
  std::vector<Violation> violations{};
  std::string_view request_id{};
  const Redaction* redaction = nullptr;  // required
};

// A failure that the gateway found by itself, as its row in the catalogue has it.
FailedCall FailLocally(Rpc rpc, ErrorReason reason);

// The request is wrong. The reason is that of the violation that comes first in the catalogue.
FailedCall FailValidation(Rpc rpc, std::vector<Violation> violations);

// No attempt brought a reply. The last result decides; but an exchange whose code is refused, or
// not sent again, after an earlier attempt of unknown outcome is EXCHANGE_OUTCOME_UNKNOWN, since
// our own first attempt may have spent the code; so is one whose recovery was due and refused by
// breaker or budget. Without any attempt it is UPSTREAM_CIRCUIT_OPEN or
// the deadline. `outcome` must outlive the result.
FailedCall FailUpstream(Rpc rpc, const Outcome& outcome);

// The row of the reason that the caller is given: another than `row` when the reason is not the
// last result's own.
const ErrorRow& ReasonRow(const FailedCall& failed);

// Of the call's log line. What is wrong with a caller's own key is that caller's affair.
Severity SeverityOf(const FailedCall& failed);

// The upstream refused the key that is the gateway's own.
bool IsRefusalOfOwnKey(const FailedCall& failed);

// What happened and what to do, in the words for whose key it was; null when it is about no key, or
// nobody knows whose.
const KeyWords* WordsOfKey(const FailedCall& failed);

}  // namespace modelgates::gateway
