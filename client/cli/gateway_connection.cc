#include "gateway_connection.h"

#include <algorithm>
#include <string_view>

#include "advice.h"
#include "flag_values.h"

namespace modelgates::oauth::cli {
namespace {

// The schemes of gRPC's targets that may be followed by "//".
constexpr std::string_view kTargetSchemes[] = {"dns",           "ipv4",  "ipv6", "unix",
                                               "unix-abstract", "vsock", "xds"};

bool HasPort(std::string_view authority) {
  const size_t address_end = authority.rfind(']');  // of [::1]
  return authority.find(':', address_end == std::string_view::npos ? 0 : address_end) !=
         std::string_view::npos;
}

struct Row {
  bool tls;
  std::string_view in_message;
  const char* reason_name;
  const char* message;
};

// In OpenSSL's words, what is no TLS has a wrong version or a record that is too long.
constexpr Row kRows[] = {
    {true, "wrong version number", kTlsNotServed, "the server at --gateway does not use TLS"},
    {true, "packet length too long", kTlsNotServed, "the server at --gateway does not use TLS"},
    {true, "certificate verify failed", kTlsUntrusted,
     "the certificate of the server at --gateway is not trusted, or is for another name"},
    {true, "Socket closed", kTlsCertificateMissing,
     "the server at --gateway closed the connection: it may require a client certificate"},
    {false, "Socket closed", kTlsProbablyServed,
     "the server at --gateway closed the connection: it may require TLS"},
};

}  // namespace

Result<GatewayAddress> ParseGateway(const std::string& text, bool tls) {
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return GatewayAddress{text, tls};
  const std::string scheme = text.substr(0, scheme_end);
  if (std::count(std::begin(kTargetSchemes), std::end(kTargetSchemes), scheme) > 0) {
    return GatewayAddress{text, tls};
  }
  std::string authority = text.substr(scheme_end + 3);
  if (authority.ends_with('/')) authority.pop_back();
  const bool https = scheme == "https";
  if ((!https && scheme != "http") || authority.empty() ||
      authority.find_first_of("/?#@") != std::string::npos) {
    return WrongFlag("gateway", "must be HOST:PORT, or https://HOST:PORT for TLS");
  }
  if (!https && tls) {
    return WrongFlag("gateway",
                     "has http://, which means no TLS, but --tls or a flag that implies it is "
                     "given: write HOST:PORT");
  }
  if (!HasPort(authority)) authority += https ? ":443" : ":80";
  return GatewayAddress{authority, https};
}

Error ExplainConnection(const Error& error, bool tls) {
  if (error.grpc_code != GrpcCode::kUnavailable || error.reason != ErrorReason::kUnspecified ||
      !error.reason_name.empty()) {
    return error;
  }
  for (const Row& row : kRows) {
    if (row.tls != tls || error.message.find(row.in_message) == std::string::npos) continue;
    Error explained = error;
    explained.reason_name = row.reason_name;
    explained.message = row.message;
    return explained;
  }
  return error;
}

}  // namespace modelgates::oauth::cli
