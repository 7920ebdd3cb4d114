#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "sandbox/code_book.h"

namespace modelgates::sandbox {

// What happened since the start. Paths are those below the base path ("/auth/keys"); requests that
// match no route share one name, so that a caller cannot grow the map.
struct SandboxCounts {
  std::map<std::string, std::uint64_t> requests_by_path;
  std::map<unsigned, std::uint64_t> answers_by_status;  // truncated ones too
  std::uint64_t unanswered = 0;                         // requests that a fault left without one
  std::uint64_t codes_created = 0;
  std::uint64_t codes_spent = 0;
  std::uint64_t double_uses = 0;  // every use of a code after the one that spent it
  std::uint64_t keys_issued = 0;
  std::uint64_t keys_revoked = 0;  // once per key at most
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t faults_struck = 0;
};

// The counters. Any thread: tests read them while the sandbox serves. A request is counted when it
// has arrived and an answer before its first byte is sent, so a caller that has the answer finds it
// counted.
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
