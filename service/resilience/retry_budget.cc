#include "resilience/retry_budget.h"

#include <algorithm>
#include <chrono>

namespace modelgates::gateway {
namespace {

constexpr int64_t kToken = 1'000'000'000;
constexpr int64_t kFull = RetryBudget::kCapacity * kToken;
constexpr int64_t kPercent = kToken / 100;

}  // namespace

RetryBudget::RetryBudget(const Options& options) : options_(options), saved_(kFull) {}

void RetryBudget::SetOptions(const Options& options, TimePoint now) {
  saved_ = SavedUp(now);
  saved_at_ = now;
  options_ = options;
}

// Tokens for the elapsed time are added later, in Take: the sum is the same.
void RetryBudget::Deposit() { saved_ = std::min(saved_ + options_.percent * kPercent, kFull); }

bool RetryBudget::Take(TimePoint now) {
  if (!options_.enabled) return true;
  saved_ = SavedUp(now);
  saved_at_ = now;
  if (saved_ < kToken) return false;
  saved_ -= kToken;
  return true;
}

double RetryBudget::Tokens(TimePoint now) const {
  return static_cast<double>(SavedUp(now)) / static_cast<double>(kToken);
}

int64_t RetryBudget::SavedUp(TimePoint now) const {
  // Every rate except 0 has filled the bucket by then, and the product does not overflow.
  constexpr Duration kLongEnough = std::chrono::seconds(kCapacity);
  const Duration passed = std::min(now - saved_at_, kLongEnough);
  const int64_t nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
  return std::min(saved_ + nanoseconds * options_.min_rate, kFull);
}

}  // namespace modelgates::gateway
