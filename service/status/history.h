#pragma once

#include <prometheus/client_metric.h>

#include <array>
#include <boost/circular_buffer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "status/figures.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// What has been counted of one or both RPCs, since the start or within an interval.
struct CallCounts {
  double calls = 0;   // that ended
  double failed = 0;  // that ended with another status than OK
  double attempts = 0;
  double failed_attempts = 0;  // without an HTTP status of 2xx
  // How long calls took: cumulative, by upper bound in seconds, the last is infinity.
  std::vector<prometheus::ClientMetric::Bucket> seconds{};

  CallCounts& operator+=(const CallCounts& other);
  CallCounts& operator-=(const CallCounts& earlier);
};

// The duration that a share `quantile` (0 to 1) of the calls did not exceed, in seconds: linear
// within a bucket, as histogram_quantile() of Prometheus estimates it. Above the highest bound:
// that bound. nullopt: there was no call.
std::optional<double> SecondsAt(double quantile, const CallCounts& counts);

struct StatusSample {
  TimePoint at;
  std::array<CallCounts, kRpcCount> rpcs;

  CallCounts Sum() const;
};

StatusSample TakeSample(const Figures& figures, TimePoint now);

// Samples of the last ten minutes: at most kSamples, the oldest is replaced. One thread.
class StatusHistory {
 public:
  static constexpr std::chrono::seconds kInterval{5};
  static constexpr std::chrono::minutes kLength{10};
  static constexpr size_t kSamples = kLength / kInterval + 1;

  void Add(StatusSample sample) { samples_.push_back(std::move(sample)); }

  // Oldest first.
  const boost::circular_buffer<StatusSample>& samples() const { return samples_; }

 private:
  boost::circular_buffer<StatusSample> samples_{kSamples};
};

}  // namespace modelgates::gateway
