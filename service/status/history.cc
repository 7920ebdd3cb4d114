#include "status/history.h"

#include <algorithm>

namespace modelgates::gateway {
namespace {

using Buckets = std::vector<prometheus::ClientMetric::Bucket>;

// Adds or subtracts the counts of buckets with equal bounds. An empty list is one of zeros.
template <class Operation>
void Combine(Buckets& to, const Buckets& other, Operation operation) {
  if (to.empty()) {
    to = other;
    for (auto& bucket : to) bucket.cumulative_count = 0;
  }
  for (size_t i = 0; i < std::min(to.size(), other.size()); ++i) {
    to[i].cumulative_count = operation(to[i].cumulative_count, other[i].cumulative_count);
  }
}

CallCounts CountsOf(const Figures& figures, Rpc rpc) {
  CallCounts counts;
  const std::string_view name = ToString(rpc);
  for (const Figures::Series& series : figures.All("grpc_server_handled_total")) {
    if (series.Label("grpc_method") != name) continue;
    counts.calls += series.figure.value;
    if (series.Label("grpc_code") != "OK") counts.failed += series.figure.value;
  }
  for (const Figures::Series& series : figures.All("oauth_gateway_upstream_attempts_total")) {
    if (series.Label("rpc") != name) continue;
    counts.attempts += series.figure.value;
    if (series.Label("outcome") != "2xx") counts.failed_attempts += series.figure.value;
  }
  const Figures::Histogram* const seconds =
      figures.FindHistogram("grpc_server_handling_seconds", {{"grpc_method", name}});
  if (seconds != nullptr) counts.seconds = seconds->bucket;
  return counts;
}

}  // namespace

CallCounts& CallCounts::operator+=(const CallCounts& other) {
  calls += other.calls;
  failed += other.failed;
  attempts += other.attempts;
  failed_attempts += other.failed_attempts;
  Combine(seconds, other.seconds, [](uint64_t a, uint64_t b) { return a + b; });
  return *this;
}

CallCounts& CallCounts::operator-=(const CallCounts& earlier) {
  calls -= earlier.calls;
  failed -= earlier.failed;
  attempts -= earlier.attempts;
  failed_attempts -= earlier.failed_attempts;
  Combine(seconds, earlier.seconds, [](uint64_t a, uint64_t b) { return a - b; });
  return *this;
}

std::optional<double> SecondsAt(double quantile, const CallCounts& counts) {
  const Buckets& buckets = counts.seconds;
  if (buckets.empty() || buckets.back().cumulative_count == 0) return std::nullopt;
  const double rank = quantile * static_cast<double>(buckets.back().cumulative_count);
  double lower_bound = 0;
  double below = 0;
  // Not the last one, which has no upper bound.
  for (size_t i = 0; i + 1 < buckets.size(); ++i) {
    const auto through = static_cast<double>(buckets[i].cumulative_count);
    if (through >= rank && through > below) {
      const double share = (rank - below) / (through - below);
      return lower_bound + (buckets[i].upper_bound - lower_bound) * share;
    }
    lower_bound = buckets[i].upper_bound;
    below = through;
  }
  return lower_bound;
}

CallCounts StatusSample::Sum() const {
  CallCounts sum;
  for (const CallCounts& counts : rpcs) sum += counts;
  return sum;
}

StatusSample TakeSample(const Figures& figures, TimePoint now) {
  StatusSample sample{.at = now, .rpcs = {}};
  for (size_t i = 0; i < kRpcCount; ++i) {
    sample.rpcs[i] = CountsOf(figures, static_cast<Rpc>(i));
  }
  return sample;
}

}  // namespace modelgates::gateway
