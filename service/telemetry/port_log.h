#pragma once

#include "base/connection_limits.h"
#include "base/event_loop.h"
#include "base/line_limit.h"
#include "base/log.h"
#include "base/peer_address.h"
#include "telemetry/metrics.h"
#include "tls/handshake_watch.h"

namespace modelgates::gateway {

// Counts incoming connections that fail or are refused, and logs at most one line per second for
// each of the three causes. Any thread.
class PortLog final : public HandshakeObserver {
 public:
  // All must outlive this.
  PortLog(const EventLoop& clock, Log& log, Metrics& metrics)
      : clock_(clock), log_(log), metrics_(metrics) {}

  // `accept_failed`, an error, with `error`. For `error` see Listener::Failed.
  void OnAcceptFailed(int error);
  // `connection_refused`, a warning, with `cause`, `peer` and `count`.
  void OnConnectionRefused(ConnectionLimits::Bound bound, const PeerAddress& peer);
  // `tls_handshake_failed`, a warning, with `cause`, `error`, `peer` and `count`.
  void OnHandshakeFailed(const HandshakeFailure& failure) override;

 private:
  const EventLoop& clock_;
  Log& log_;
  Metrics& metrics_;
  LineLimit accept_lines_;
  LineLimit refused_lines_;
  LineLimit handshake_lines_;
};

}  // namespace modelgates::gateway
