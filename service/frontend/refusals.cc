#include "frontend/refusals.h"

#include <absl/random/random.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "failure/error_reply.h"
#include "request/request_id.h"
#include "telemetry/call_scope.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

// As long as an id of ToRequestId; occurs in no other part of a reply.
constexpr std::string_view kIdInTemplate = "################################";

// The reasons to refuse a call before it reaches the loop.
constexpr ErrorReason kReasons[] = {v1::CALLER_NOT_ALLOWED, v1::CALLER_LIMIT_EXCEEDED,
                                    v1::GATEWAY_DRAINING, v1::GATEWAY_OVERLOADED};

std::vector<size_t> FindAll(std::string_view text, std::string_view part) {
  std::vector<size_t> found;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    found.push_back(at);
  }
  return found;
}

std::string NewRequestId(std::string_view from_caller) {
  thread_local absl::InsecureBitGen random;
  return ToRequestId(from_caller, random);
}

}  // namespace

Refusals::Refusals(const CallObservers& observers, const Fingerprints& fingerprints)
    : observers_(observers), fingerprints_(fingerprints) {
  for (const ErrorReason reason : kReasons) {
    for (size_t i = 0; i < kRpcCount; ++i)
      prepared_.push_back(Prepare(static_cast<Rpc>(i), reason));
  }
}

Refusal Refusals::Refuse(ErrorReason reason, Caller caller, TimePoint now) {
  const Prepared& prepared = For(caller.rpc, reason);
  CallScope scope(caller.rpc, caller.started, NewRequestId(caller.request_id), caller.traceparent,
                  std::move(caller.peer), observers_);
  scope.set_caller(caller.identity);
  if (scope.is_traced()) scope.SetTracestate(JoinTracestate(caller.tracestate));
  CallScope::End end;
  end.failed = &prepared.failed;
  if (!caller.auth_code.empty()) end.auth_code_fp = Fingerprint(caller.auth_code);
  scope.Finish(end, now);
  return {.request_id = scope.request_id(),
          .code = prepared.failed.code,
          .message = prepared.message,
          .details = DetailsFor(prepared, scope.request_id()),
          .retry_pushback = prepared.retry_pushback};
}

Refusals::Prepared Refusals::Prepare(Rpc rpc, ErrorReason reason) const {
  const FailedCall failed = FailLocally(rpc, reason);
  const ErrorReply reply = ToErrorReply(failed, kIdInTemplate, {});
  std::string details = reply.status.SerializeAsString();
  std::vector<size_t> id_positions = FindAll(details, kIdInTemplate);
  return {failed, reply.status.message(), std::move(details), std::move(id_positions),
          reply.retry_pushback};
}

const Refusals::Prepared& Refusals::For(Rpc rpc, ErrorReason reason) const {
  const auto* const found = std::find(std::begin(kReasons), std::end(kReasons) - 1, reason);
  const auto row = static_cast<size_t>(found - std::begin(kReasons));
  return prepared_[row * kRpcCount + static_cast<size_t>(rpc)];
}

std::string Refusals::DetailsFor(const Prepared& prepared, std::string_view request_id) const {
  if (request_id.size() != kIdInTemplate.size()) {
    return ToErrorReply(prepared.failed, request_id, {}).status.SerializeAsString();
  }
  std::string details = prepared.details;
  for (const size_t at : prepared.id_positions) details.replace(at, request_id.size(), request_id);
  return details;
}

std::string Refusals::Fingerprint(std::string_view auth_code) {
  const std::lock_guard lock(mutex_);
  return fingerprints_.Of(auth_code);
}

}  // namespace modelgates::gateway
