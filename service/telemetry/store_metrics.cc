#include "telemetry/store_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <chrono>

namespace modelgates::gateway {
namespace {

void SetTotal(prometheus::Counter& counter, double total) {
  counter.Increment(std::max(0.0, total - counter.Value()));
}

}  // namespace

StoreMetrics::StoreMetrics(prometheus::Registry& registry) {
  const auto counter = [&registry](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  connected_ = &prometheus::BuildGauge()
                    .Name("oauth_gateway_exchange_store_connected")
                    .Help(
                        "1: there is a connection to the exchange store; 0: there is none, or no "
                        "store is set.")
                    .Register(registry)
                    .Add({});
  moves_ = counter("oauth_gateway_exchange_store_moves_total",
                   "Moves of the connection to another master of the exchange store.");
  disconnected_seconds_ = counter("oauth_gateway_exchange_store_disconnected_seconds_total",
                                  "Time without a connection to the exchange store, in seconds.");
  unreplicated_ = counter("oauth_gateway_exchange_store_unreplicated_total",
                          "Requests to the exchange store that too few of its replicas "
                          "acknowledged in time.");
}

void StoreMetrics::Set(bool connected, uint64_t moves, Duration disconnected,
                       uint64_t unreplicated) {
  connected_->Set(connected ? 1 : 0);
  SetTotal(*moves_, static_cast<double>(moves));
  SetTotal(*disconnected_seconds_, std::chrono::duration<double>(disconnected).count());
  SetTotal(*unreplicated_, static_cast<double>(unreplicated));
}

}  // namespace modelgates::gateway
