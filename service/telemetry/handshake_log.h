#pragma once

#include "base/event_loop.h"
#include "base/line_limit.h"
#include "base/log.h"
#include "telemetry/metrics.h"
#include "tls/handshake_watch.h"

namespace modelgates::gateway {

// Counts each handshake of a caller that fails, and logs at most one per second. Any thread.
class HandshakeLog final : public HandshakeObserver {
 public:
  // All must outlive this.
  HandshakeLog(const EventLoop& clock, Log& log, Metrics& metrics)
      : clock_(clock), log_(log), metrics_(metrics) {}

  // `tls_handshake_failed`, a warning, with `cause`, `error`, `peer` and `count`.
  void OnHandshakeFailed(const HandshakeFailure& failure) override;

 private:
  const EventLoop& clock_;
  Log& log_;
  Metrics& metrics_;
  LineLimit lines_;
};

}  // namespace modelgates::gateway
