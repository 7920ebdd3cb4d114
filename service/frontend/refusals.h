#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/keyed_mac.h"
#include "base/log.h"
#include "base/time.h"
#include "failure/failed_call.h"
#include "telemetry/call_scope.h"

namespace modelgates::gateway {

// The error reply of a refused call.
struct Refusal {
  std::string request_id;
  absl::StatusCode code;
  std::string_view message;
  std::string details;  // serialized google.rpc.Status
  std::string_view retry_pushback;
};

// Refuses calls on the thread that accepted them, with the log line and the metrics of every call.
// The reply is prepared except for the request id, so that a refusal is cheap during an overload.
// Any thread.
class Refusals {
 public:
  // `fingerprints` is copied.
  Refusals(const CallObservers& observers, const Fingerprints& fingerprints);
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;

  // The parts of a call that a refusal uses.
  struct Caller {
    Rpc rpc;
    TimePoint started;
    std::string_view request_id;
    std::string_view traceparent;
    std::string peer;
    std::string_view auth_code;
    std::string_view identity{};  // CallerIdentity::text; empty: callers are not identified
    std::span<const std::string_view> tracestate{};  // its values
  };
  // `reason`: from Admission or CallerAccess. The views of the result live as long as this object.
  Refusal Refuse(ErrorReason reason, Caller caller, TimePoint now);

 private:
  // A reply to a call whose request id has the usual length.
  struct Prepared {
    FailedCall failed;
    std::string message;
    std::string details;
    std::vector<size_t> id_positions;  // in `details`
    std::string retry_pushback;
  };

  Prepared Prepare(Rpc rpc, ErrorReason reason) const;
  const Prepared& For(Rpc rpc, ErrorReason reason) const;
  std::string DetailsFor(const Prepared& prepared, std::string_view request_id) const;
  std::string Fingerprint(std::string_view auth_code);

  const CallObservers observers_;
  std::vector<Prepared> prepared_;  // see For
  std::mutex mutex_;
  Fingerprints fingerprints_;  // guarded by mutex_
};

}  // namespace modelgates::gateway
