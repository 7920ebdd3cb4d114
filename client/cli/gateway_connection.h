#pragma once

#include <string>

#include "modelgates/oauth/error.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

struct GatewayAddress {
  std::string target;  // for gRPC
  bool tls = false;
};

// Reads --gateway: "HOST:PORT", another gRPC target ("unix:/run/gateway.sock"), or the URL of a
// server. "https://" means TLS, "http://" none; without a port they mean 443 and 80. `tls`: whether
// other flags ask for TLS. kInvalidArgument for other schemes, for more than host and port, and for
// "http://" with `tls`.
Result<GatewayAddress> ParseGateway(const std::string& text, bool tls);

// The error with reason kTlsNotServed, kTlsProbablyServed, kTlsUntrusted or kTlsCertificateMissing,
// if that of gRPC shows that client and gateway do not agree on TLS; else `error`. gRPC has no
// codes for this, so its message decides. `tls`: whether the connection was to use TLS.
Error ExplainConnection(const Error& error, bool tls);

}  // namespace modelgates::oauth::cli
