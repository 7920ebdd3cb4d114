#pragma once

#include <array>
#include <cstddef>

#include "base/time.h"
#include "telemetry/exemplars.h"
#include "upstream/rpc.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// The metrics of calls served, part of Metrics. Names and labels are those of
// go-grpc-prometheus, on which public dashboards rely. Any thread.
class ServerMetrics {
 public:
  // Both must outlive this.
  ServerMetrics(prometheus::Registry& registry, Exemplars& exemplars);

  void Started(Rpc rpc);
  // `grpc_code`: the number of the status, 0 to 16. `span`: of the call.
  void Handled(Rpc rpc, int grpc_code, Duration elapsed, const TraceContext& span);

 private:
  static constexpr size_t kGrpcCodes = 17 + 1;  // 0 to 16, then "other"

  struct PerRpc {
    prometheus::Counter* started = nullptr;
    std::array<prometheus::Counter*, kGrpcCodes> handled{};
    prometheus::Histogram* handling_seconds = nullptr;
    SeriesExemplars* handling_exemplars = nullptr;
  };

  std::array<PerRpc, kRpcCount> rpcs_;
  prometheus::Gauge* in_flight_;
};

}  // namespace modelgates::gateway
