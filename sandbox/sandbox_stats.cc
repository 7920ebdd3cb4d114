#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

void SandboxStats::CountRequest(std::string_view path) {
  const std::lock_guard lock(mutex_);
  ++counts_.requests_by_path[std::string(path)];
}

void SandboxStats::CountAnswer(unsigned http_status) {
  const std::lock_guard lock(mutex_);
  ++counts_.answers_by_status[http_status];
}

void SandboxStats::CountUnanswered() {
  const std::lock_guard lock(mutex_);
  ++counts_.unanswered;
}

void SandboxStats::CountCreated() {
  const std::lock_guard lock(mutex_);
  ++counts_.codes_created;
}

void SandboxStats::CountExchange(const ExchangeResult& result) {
  const std::lock_guard lock(mutex_);
  if (result.verdict == Verdict::kIssued) {
    ++counts_.codes_spent;
    ++counts_.keys_issued;
  }
  if (result.verdict == Verdict::kUsedAgain) ++counts_.double_uses;
  if (result.revoked_key) ++counts_.keys_revoked;
}

void SandboxStats::CountAccepted() {
  const std::lock_guard lock(mutex_);
  ++counts_.connections_accepted;
  ++counts_.connections_open;
}

void SandboxStats::CountClosed() {
  const std::lock_guard lock(mutex_);
  --counts_.connections_open;
}

void SandboxStats::CountFault() {
  const std::lock_guard lock(mutex_);
  ++counts_.faults_struck;
}

SandboxCounts SandboxStats::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace modelgates::sandbox
