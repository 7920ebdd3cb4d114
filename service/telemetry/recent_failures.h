#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "upstream/rpc.h"

namespace modelgates::gateway {

// A failed call, as its log line describes it.
struct RecentFailure {
  absl::Time at{};
  Rpc rpc{};
  std::string_view reason{};  // the name of an ErrorReason, which lives as long as the process
  int http_status = 0;        // of the last attempt; 0: it had no answer, or there was no attempt
  std::string cause{};        // CallResult::cause
  int attempts = 0;
  std::string request_id{};
  std::string upstream_request_id{};
};

// The last failed calls, at most kMax, for people. When it is full, the oldest failure of the most
// frequent reason is replaced, so that a flood of one reason does not hide the others. Any thread.
class RecentFailures {
 public:
  static constexpr size_t kMax = 20;

  // `clock`: the wall clock.
  explicit RecentFailures(std::function<absl::Time()> clock) : clock_(std::move(clock)) {}

  // Sets `at`.
  void Add(RecentFailure failure);
  // The newest first.
  std::vector<RecentFailure> Newest() const;

 private:
  std::string_view MostFrequentReason() const;  // requires mutex_, and a failure

  const std::function<absl::Time()> clock_;
  mutable std::mutex mutex_;
  std::vector<RecentFailure> failures_;  // guarded by mutex_; the oldest first
};

}  // namespace modelgates::gateway
