#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "caller/ip_network.h"

namespace modelgates::gateway {

// The identity of a caller, derived from its connection. The common name of a certificate is never
// used, because it may name a host, a person or a service (RFC 6125, section 6.4.4).
class CallerIdentity {
 public:
  enum class Kind : uint8_t { kNone, kSpiffe, kDns, kAddress };

  CallerIdentity() = default;

  // From a verified certificate: its SPIFFE ID, else its DNS name, else kNone. `spiffe_id` is empty
  // unless the certificate has exactly one URI name (SPIFFE X.509-SVID, section 2); `dns_name` is
  // the first DNS name.
  static CallerIdentity OfCertificate(std::string_view spiffe_id, std::string_view dns_name);
  // From a connection without a certificate: its address. `peer` in gRPC's format:
  // ipv4:192.0.2.7:4711, ipv6:%5B2001:db8::1%5D:4711.
  static CallerIdentity OfPeer(std::string_view peer);

  Kind kind() const { return kind_; }
  // spiffe://prod.example/ns/web/sa/checkout, dns:probe.prod.example, address:192.0.2.7; empty for
  // kNone. DNS names are in lower case.
  const std::string& text() const { return text_; }
  // Set for kAddress only.
  const IpAddress& address() const { return address_; }
  // Proven by a certificate, so it stays the same on other connections.
  bool authenticated() const { return kind_ == Kind::kSpiffe || kind_ == Kind::kDns; }

 private:
  CallerIdentity(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  Kind kind_ = Kind::kNone;
  std::string text_;
  IpAddress address_{};
};

inline constexpr std::string_view kSpiffePrefix = "spiffe://";
inline constexpr std::string_view kDnsPrefix = "dns:";
inline constexpr std::string_view kAddressPrefix = "address:";

// A SPIFFE trust domain (SPIFFE-ID, section 2.1), at most 255 bytes.
bool IsTrustDomain(std::string_view text);
// A complete SPIFFE ID with a path (SPIFFE-ID, section 2), at most 2,048 bytes.
bool IsSpiffeId(std::string_view text);
// 1 to 253 letters, digits, '.', '-', '_', and '*' for a wildcard in a certificate.
bool IsDnsName(std::string_view text);

}  // namespace modelgates::gateway
