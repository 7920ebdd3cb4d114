#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "failure/error_catalogue.h"
#include "failure/key_owner.h"
#include "failure/violation.h"
#include "resilience/retrier.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// Why a call failed, by the error catalogue: the content of its error reply.
struct FailedCall {
  Rpc rpc;
  const ErrorRow* row;
  ErrorReason reason;
  absl::StatusCode code;
  AuthCodeState auth_code_state = oauth::v1::UpstreamError::AUTH_CODE_STATE_UNSPECIFIED;
  StopReason stop = StopReason::kNotRetryable;
  // The caller may repeat this call after a wait; false when the gateway's attempts are exhausted.
  bool retryable = false;
  // An earlier attempt decided the reason: see FailUpstream.
  bool after_unknown_attempt = false;
  bool refused_in_front = false;  // see Verdict
  // The wait before a repeat, if known.
  std::optional<std::chrono::milliseconds> retry_delay{};
  // With UPSTREAM_CIRCUIT_OPEN: the reason of the breaker's last failure; unspecified when unknown.
  ErrorReason breaker_failure = oauth::v1::ERROR_REASON_UNSPECIFIED;
  // The owner of the key; absent: the call failed before a key was selected.
  std::optional<KeyOwner> key_owner{};
  int attempts = 0;
  const Outcome* outcome = nullptr;  // null: no attempt ended
  std::vector<Violation> violations{};
};

// A failure that the gateway found itself: the reason's row.
FailedCall FailLocally(Rpc rpc, ErrorReason reason);

// The request is wrong. Of the reasons of the violations the first in the catalogue applies.
FailedCall FailValidation(Rpc rpc, std::vector<Violation> violations);

// No attempt had a usable reply. The last result decides, except for an exchange with an earlier
// attempt of unknown outcome: if its code is then refused or not sent again, it is
// EXCHANGE_OUTCOME_UNKNOWN, because the earlier attempt may have spent the code. So is an exchange
// whose recovery breaker or budget refused. Without any attempt the reason is UPSTREAM_CIRCUIT_OPEN
// or the deadline. `outcome` must outlive the result.
FailedCall FailUpstream(Rpc rpc, const Outcome& outcome);

// The row of `failed.reason`, which is not `failed.row` when an earlier attempt decided the reason.
const ErrorRow& ReasonRow(const FailedCall& failed);

// The severity of the call's log line. A refusal of a caller's own key is kInfo.
Severity SeverityOf(const FailedCall& failed);

// The upstream refused the gateway's own key.
bool IsRefusalOfOwnKey(const FailedCall& failed);

// The words for the owner of the key; null: the reason is not about a key, or the owner is unknown.
const KeyWords* WordsOfKey(const FailedCall& failed);

}  // namespace modelgates::gateway
