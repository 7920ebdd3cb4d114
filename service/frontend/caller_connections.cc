#include "frontend/caller_connections.h"

#include <unistd.h>

#include "telemetry/port_metrics.h"

namespace modelgates::gateway {
namespace {

ConnectionLimits::Options ToOptions(const Config& config) {
  ConnectionLimits::Options options;
  options.max_connections = config.max_connections;
  options.max_per_peer = config.max_connections_per_address;
  options.max_per_second = config.max_handshakes_per_second;
  return options;
}

}  // namespace

CallerConnections::CallerConnections(const Config& config, const EventLoop& clock, Log& log,
                                     Metrics& metrics)
    : clock_(clock), log_(log), metrics_(metrics), limits_(ToOptions(config)) {}

void CallerConnections::SetConfig(const Config& config) { limits_.SetOptions(ToOptions(config)); }

bool CallerConnections::Admit(int connection, const PeerAddress& peer) {
  const TimePoint now = clock_.Now();
  const auto bound = limits_.Admit(connection, peer, now);
  if (!bound) return true;
  metrics_.port().ConnectionRefused(*bound);
  if (const std::optional<uint64_t> count = lines_.Pass(now)) {
    LogLine line = log_.Line(Severity::kWarning, "connection_refused",
                             "a connection exceeds a limit and was closed");
    log_.Write(
        line.Add("cause", ToString(*bound)).Add("peer", peer.ToString()).Add("count", *count));
  }
  close(connection);
  return false;
}

void CallerConnections::UpdateMetrics() { metrics_.port().SetConnections(limits_.CountOpen()); }

}  // namespace modelgates::gateway
