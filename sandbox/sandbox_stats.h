#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "sandbox/code_book.h"

namespace modelgates::sandbox {

// Counters since the start. Paths are labels of routes ("/auth/keys"); requests without a route
// share one label, so that callers cannot make the map grow.
struct SandboxCounts {
  std::map<std::string, std::uint64_t> requests_by_path;
  std::map<unsigned, std::uint64_t> answers_by_status;  // including truncated ones
  std::uint64_t unanswered = 0;                         // requests without an answer, by a fault
  std::uint64_t codes_created = 0;
  std::uint64_t codes_spent = 0;
  std::uint64_t double_uses = 0;  // uses of a code that was spent before
  std::uint64_t keys_issued = 0;
  std::uint64_t keys_revoked = 0;  // at most once per key
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t faults_struck = 0;
};

// The counters. Any thread, because tests read them while the sandbox serves. A request is counted
// when it has arrived, and an answer before its first byte is sent, so that a caller with the
// answer finds it counted.
class SandboxStats {
 public:
  void CountRequest(std::string_view path);
  void CountAnswer(unsigned http_status);
  void CountUnanswered();
  void CountCreated();
  void CountExchange(const ExchangeResult& result);
  void CountAccepted();
  void CountClosed();
  void CountFault();

  SandboxCounts Snapshot() const;

 private:
  mutable std::mutex mutex_;
  SandboxCounts counts_;
};

}  // namespace modelgates::sandbox
