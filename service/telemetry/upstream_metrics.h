#pragma once

#include <array>
#include <cstddef>

#include "http/http.h"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// Why requests to the upstream failed, part of Metrics. Any thread.
class UpstreamMetrics {
 public:
  explicit UpstreamMetrics(prometheus::Registry& registry);

  void Failed(TransportFailure failure, FailureDetail detail);

 private:
  static constexpr size_t kFailures = static_cast<size_t>(kLastTransportFailure) + 1;
  static constexpr size_t kDetails = static_cast<size_t>(kLastFailureDetail) + 1;

  std::array<prometheus::Counter*, kFailures> failures_{};  // without a detail
  std::array<prometheus::Counter*, kDetails> details_{};
};

}  // namespace modelgates::gateway
