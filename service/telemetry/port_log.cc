#include "telemetry/port_log.h"

#include <system_error>

#include "telemetry/port_metrics.h"

namespace modelgates::gateway {

void PortLog::OnAcceptFailed(int error) {
  metrics_.port().AcceptFailed();
  if (!accept_lines_.Pass(clock_.Now())) return;
  LogLine line = log_.Line(Severity::kError, "accept_failed",
                           "connections wait until descriptors or memory are free");
  log_.Write(line.Add("error", std::generic_category().message(error)));
}

void PortLog::OnConnectionRefused(ConnectionLimits::Bound bound, const PeerAddress& peer) {
  metrics_.port().ConnectionRefused(bound);
  const std::optional<uint64_t> count = refused_lines_.Pass(clock_.Now());
  if (!count) return;
  LogLine line = log_.Line(Severity::kWarning, "connection_refused",
                           "a connection exceeds a limit and was closed");
  log_.Write(line.Add("cause", ToString(bound)).Add("peer", peer.ToString()).Add("count", *count));
}

void PortLog::OnHandshakeFailed(const HandshakeFailure& failure) {
  metrics_.port().HandshakeFailed(failure.cause);
  const std::optional<uint64_t> count = handshake_lines_.Pass(clock_.Now());
  if (!count) return;
  LogLine line = log_.Line(Severity::kWarning, "tls_handshake_failed",
                           "a client could not connect: its TLS handshake failed");
  log_.Write(line.Add("cause", ToString(failure.cause))
                 .Add("error", failure.reason)
                 .Add("peer", failure.peer)
                 .Add("count", *count));
}

}  // namespace modelgates::gateway
