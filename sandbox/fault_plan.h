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

// How an answer is wrong.
enum class FaultAction {
  kStatus,    // another status instead of the answer
  kDelay,     // the normal answer, late
  kReset,     // the connection is reset (RST), no answer
  kClose,     // the connection is closed in order (FIN), no answer
  kTruncate,  // a correct Content-Length, half of the body, then FIN
  kOversize,  // a body of more than 300 KiB
  kGarbage,   // bytes that are not HTTP, then FIN
  kHang,      // no answer until the caller closes the connection
};

// The name used in scripts and in the log: "status", "delay", ...
std::string_view ToName(FaultAction action);

// Whether a rule can change the answer of the action: kStatus, kTruncate, kOversize.
bool ShapesAnAnswer(FaultAction action);

enum class FaultMoment {
  kBeforeWork,  // the operation is not carried out; with kDelay it is, after the delay
  kAfterWork,   // the operation is carried out, so an exchange spends the code; the answer is wrong
};

// One fault. An absent condition matches every request.
struct FaultRule {
  std::optional<std::string> path{};       // below the base path: "/auth/keys", "/auth/keys/code"
  std::optional<std::string> auth_code{};  // of an exchange
  unsigned count = 1;                      // number of requests; 0: until cleared
  unsigned percent = 100;                  // share of the matching requests, chosen at random
  FaultMoment moment = FaultMoment::kBeforeWork;
  FaultAction action = FaultAction::kStatus;
  std::chrono::milliseconds delay{0};  // before the action

  // Changes of the answer, if ShapesAnAnswer(action).
  std::optional<unsigned> http_status{};  // absent: 503 for kStatus; else the normal one, or 200
  std::map<std::string, std::string> headers{};
  std::optional<std::string> body{};
  std::optional<std::string> content_type{};
};

// The pending faults. A request uses the first rule, in the order of Add, that matches it and is
// chosen by its percentage; at most one rule per request. Any thread, so that a test can add faults
// while the sandbox serves.
class FaultPlan {
 public:
  void Add(std::vector<FaultRule> rules);
  void Clear();

  // The fault for a request to `path`, if any. `auth_code`: empty if the request has none.
  std::optional<FaultRule> Take(std::string_view path, std::string_view auth_code);

  std::size_t pending() const;

 private:
  mutable std::mutex mutex_;
  std::list<FaultRule> rules_;
  std::minstd_rand random_;  // a fixed seed, so that runs are reproducible
};

}  // namespace modelgates::sandbox
