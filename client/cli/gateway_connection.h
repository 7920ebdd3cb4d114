#pragma once

#include <string>

#include "modelgates/oauth/error.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

struct GatewayAddress {
  std::string target;  // for gRPC
  bool tls = false;
};

// Reads --gateway: "HOST:PORT", "HOST" for port 50051, another gRPC target
// ("unix:/run/gateway.sock"), or the URL of a server. "https://" means TLS, "http://" none; without
// a port they mean 443 and 80. `tls`: whether other flags ask for TLS. kInvalidArgument for other
// schemes, for a wrong port, for more than host and port, and for "http://" with `tls`.
Result<GatewayAddress> ParseGateway(const std::string& text, bool tls);

// The error in words about `address`, if that of gRPC shows why there is no connection: nothing
// listens there, it cannot be reached, or the two sides do not agree on TLS. Else `error`. gRPC has
// no codes for this, so its message decides.
Error ExplainConnection(const Error& error, const GatewayAddress& address);

}  // namespace modelgates::oauth::cli
