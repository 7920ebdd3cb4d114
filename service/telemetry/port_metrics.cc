#include "telemetry/port_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <chrono>
#include <string>

namespace modelgates::gateway {
namespace {

auto& Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
auto& Gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

}  // namespace

std::string_view ToString(ConnectionLimits::Bound bound) {
  constexpr std::array<std::string_view, ConnectionLimits::kBounds> kNames = {
      "max_connections", "max_connections_per_address", "max_handshakes_per_second"};
  return kNames[static_cast<size_t>(bound)];
}

PortMetrics::PortMetrics(prometheus::Registry& registry) {
  accept_failures_ = &Counters(registry, "oauth_gateway_accept_failures_total",
                               "Connections that could not be accepted at once, because file "
                               "descriptors or memory had run out.")
                          .Add({});
  connections_ =
      &Gauges(registry, "oauth_gateway_connections", "Open connections of callers.").Add({});
  auto& refused = Counters(registry, "oauth_gateway_connections_refused_total",
                           "Connections of callers that were closed at once, by the setting whose "
                           "limit they exceeded.");
  for (size_t i = 0; i < refused_.size(); ++i) {
    refused_[i] =
        &refused.Add({{"cause", std::string(ToString(static_cast<ConnectionLimits::Bound>(i)))}});
  }
  auto& failures =
      Counters(registry, "oauth_gateway_tls_handshake_failures_total",
               "TLS handshakes with callers that failed. none: no client certificate; "
               "untrusted, expired: one that is not accepted; protocol: another cause.");
  for (size_t i = 0; i < handshake_failures_.size(); ++i) {
    handshake_failures_[i] =
        &failures.Add({{"cause", std::string(ToString(static_cast<HandshakeCause>(i)))}});
  }
  auto& expiry =
      Gauges(registry, "oauth_gateway_tls_certificate_expiry_timestamp_seconds",
             "Time at which the first certificate of the file in use expires, in seconds "
             "since 1970. 0: there is no such file.");
  expiry_ = {&expiry.Add({{"file", "tls_cert_file"}}),
             &expiry.Add({{"file", "tls_client_ca_file"}})};
}

void PortMetrics::AcceptFailed() { accept_failures_->Increment(); }

void PortMetrics::SetConnections(size_t open) { connections_->Set(static_cast<double>(open)); }

void PortMetrics::ConnectionRefused(ConnectionLimits::Bound bound) {
  refused_[static_cast<size_t>(bound)]->Increment();
}

void PortMetrics::HandshakeFailed(HandshakeCause cause) {
  handshake_failures_[static_cast<size_t>(cause)]->Increment();
}

void PortMetrics::SetCertificateExpiry(TlsFile file, WallTime expiry) {
  const std::chrono::duration<double> since_1970 = expiry.time_since_epoch();
  expiry_[static_cast<size_t>(file)]->Set(since_1970.count());
}

}  // namespace modelgates::gateway
