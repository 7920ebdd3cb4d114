#include "telemetry/handshake_log.h"

#include "telemetry/port_metrics.h"

namespace modelgates::gateway {

void HandshakeLog::OnHandshakeFailed(const HandshakeFailure& failure) {
  metrics_.port().HandshakeFailed(failure.cause);
  const std::optional<uint64_t> count = lines_.Pass(clock_.Now());
  if (!count) return;
  LogLine line = log_.Line(Severity::kWarning, "tls_handshake_failed",
                           "a client could not connect: its TLS handshake failed");
  log_.Write(line.Add("cause", ToString(failure.cause))
                 .Add("error", failure.reason)
                 .Add("peer", failure.peer)
                 .Add("count", *count));
}

}  // namespace modelgates::gateway
