#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "caller/ip_network.h"

namespace modelgates::gateway {

// Who calls, as far as the connection says. The common name of a certificate is never used: nothing
// tells whether it is a host, a person or a service (RFC 6125, section 6.4.4).
class CallerIdentity {
 public:
  enum class Kind : uint8_t { kNone, kSpiffe, kDns, kAddress };

  CallerIdentity() = default;

  // Of a verified certificate: its SPIFFE id, else its DNS name, else nobody. `spiffe_id` is empty
  // unless the certificate has exactly one URI, as SPIFFE demands; `dns_name` is its first DNS
  // name.
  static CallerIdentity OfCertificate(std::string_view spiffe_id, std::string_view dns_name);
  // Of a connection without a certificate: its address. `peer` as gRPC writes it:
  // ipv4:192.0.2.7:4711, ipv6:%5B2001:db8::1%5D:4711.
  static CallerIdentity OfPeer(std::string_view peer);

  Kind kind() const { return kind_; }
  // spiffe://prod.example/ns/web/sa/checkout, dns:probe.prod.example, address:192.0.2.7; empty:
  // nobody. Letters of a DNS name are small.
  const std::string& text() const { return text_; }
  // Only of kAddress.
  const IpAddress& address() const { return address_; }
  // A certificate says it, and survives the connection.
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

// A trust domain of SPIFFE (SPIFFE-ID, section 2.1), at most 255 bytes.
bool IsTrustDomain(std::string_view text);
// A whole SPIFFE id with a path (SPIFFE-ID, section 2), at most 2,048 bytes.
bool IsSpiffeId(std::string_view text);
// Letters, digits, '.', '-', '_' and, for a certificate's wildcard, '*'; 1 to 253 of them.
bool IsDnsName(std::string_view text);

}  // namespace modelgates::gateway
