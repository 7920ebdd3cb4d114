#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::sandbox {

// How an answer goes wrong on the wire.
enum class FaultAction {
  kStatus,    // another status in place of the answer
  kDelay,     // the true answer, late
  kReset,     // the connection is reset (RST), no answer
  kClose,     // the connection is closed in order (FIN), no answer
  kTruncate,  // a correct Content-Length, half of the body, then FIN
  kOversize,  // a body of more than 300 KiB
  kGarbage,   // bytes that are no HTTP, then FIN
  kHang,      // no answer until the caller gives up
};

// The name used in scripts and in the log: "status", "delay", ...
std::string_view ToName(FaultAction action);

// Whether the action sends an answer that a rule can shape: kStatus, kTruncate, kOversize.
bool ShapesAnAnswer(FaultAction action);

enum class FaultMoment {
  kBeforeWork,  // the operation is not carried out (for kDelay: it is, after the delay)
  kAfterWork,   // it is, so that for example the code is spent, and then the answer goes wrong
};

// One thing to go wrong. Absent matches match everything.
struct FaultRule {
  std::optional<std::string> path{};       // below the base path: "/auth/keys", "/auth/keys/code"
  std::optional<std::string> auth_code{};  // of an exchange
  unsigned count = 1;                      // requests it is good for; 0 = until cleared
  unsigned percent = 100;                  // of the requests that match, by chance
  FaultMoment moment = FaultMoment::kBeforeWork;
  FaultAction action = FaultAction::kStatus;
  std::chrono::milliseconds delay{0};  // before the action

  // Changes to the answer, where ShapesAnAnswer(action).
  std::optional<unsigned> http_status{};  // absent: 503 for kStatus; else the true one, or 200
  std::map<std::string, std::string> headers{};
  std::optional<std::string> body{};
  std::optional<std::string> content_type{};
};

// The faults still to come. The first rule, in the order they were added, that matches a request,
// and strikes by chance where it has a percentage, is used up by it; one request meets one rule at
// most. Safe on any thread, so that a test can script
// faults while the sandbox serves.
class FaultPlan {
 public:
  void Add(std::vector<FaultRule> rules);
  void Clear();

  // The fault for a request to `path`, if any. `auth_code` is empty when the request has none.
  std::optional<FaultRule> Take(std::string_view path, std::string_view auth_code);

  std::size_t pending() const;

 private:
  mutable std::mutex mutex_;
  std::list<FaultRule> rules_;
  std::minstd_rand random_;  // the same in every run
};

}  // namespace modelgates::sandbox
