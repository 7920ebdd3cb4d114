#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/connection_limits.h"
#include "tls/handshake_watch.h"
#include "tls/tls_files.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace modelgates::gateway {

// The setting that is the bound: "max_connections", "max_connections_per_address",
// "max_handshakes_per_second".
std::string_view ToString(ConnectionLimits::Bound bound);

// The metrics of incoming connections, part of Metrics. Any thread.
class PortMetrics {
 public:
  explicit PortMetrics(prometheus::Registry& registry);

  // A connection could not be accepted, because descriptors or memory ran out.
  void AcceptFailed();
  // Open connections of callers.
  void SetConnections(size_t open);
  // A connection was closed because it exceeds a bound.
  void ConnectionRefused(ConnectionLimits::Bound bound);
  void HandshakeFailed(HandshakeCause cause);
  // The earliest expiry of the certificates in use.
  enum class TlsFile : uint8_t { kCertificate, kClientCa };
  void SetCertificateExpiry(TlsFile file, WallTime expiry);

 private:
  using Counter = prometheus::Counter;
  using Gauge = prometheus::Gauge;

  Counter* accept_failures_;
  Gauge* connections_;
  std::array<Counter*, ConnectionLimits::kBounds> refused_{};
  std::array<Counter*, kHandshakeCauses> handshake_failures_{};
  std::array<Gauge*, 2> expiry_{};  // by TlsFile
};

}  // namespace modelgates::gateway
