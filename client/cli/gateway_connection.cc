#include "gateway_connection.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "advice.h"
#include "flag_values.h"

namespace modelgates::oauth::cli {
namespace {

// The schemes of gRPC's targets that may be followed by "//".
constexpr std::string_view kTargetSchemes[] = {"dns",           "ipv4",  "ipv6", "unix",
                                               "unix-abstract", "vsock", "xds"};

constexpr char kDefaultPort[] = ":50051";
constexpr char kForm[] = "must be HOST:PORT, or https://HOST:PORT for TLS";

bool IsTarget(const std::string& text) {
  const std::string scheme = text.substr(0, text.find(':'));
  return scheme != text &&
         std::count(std::begin(kTargetSchemes), std::end(kTargetSchemes), scheme) > 0;
}

// The colon before the port; npos: there is no port.
size_t PortColon(std::string_view authority) {
  const size_t address_end = authority.rfind(']');  // of [::1]
  return authority.find(':', address_end == std::string_view::npos ? 0 : address_end);
}

bool IsPort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

// gRPC would take a host without a port for one with port 443.
Result<GatewayAddress> WithPort(std::string authority, const char* default_port, bool tls) {
  const bool bare_ipv6 =
      !authority.starts_with('[') && std::count(authority.begin(), authority.end(), ':') > 1;
  if (bare_ipv6) authority = "[" + authority + "]";
  const size_t colon = PortColon(authority);
  if (authority.empty() || colon == 0 || authority.find_first_of("/?#@ ") != std::string::npos) {
    return WrongFlag("gateway", kForm);
  }
  if (colon == std::string::npos) return GatewayAddress{authority + default_port, tls};
  if (!IsPort(std::string_view(authority).substr(colon + 1))) {
    return WrongFlag("gateway", "must have a port from 1 to 65535");
  }
  return GatewayAddress{authority, tls};
}

struct Unreachable {
  std::string_view in_message;
  const char* reason_name;
  const char* before;  // of the address, in the message
  const char* after;
};

constexpr Unreachable kUnreachableRows[] = {
    {"Connection refused", kConnectionRefused, "no server listens at ", ""},
    {"No such file or directory", kConnectionRefused, "no server listens at ", ""},
    {"No route to host", kUnreachable, "no network leads to ", ""},
    {"Network is unreachable", kUnreachable, "no network leads to ", ""},
    {"DNS resolution failed", kNameNotFound, "the host name of ", " has no address"},
};

struct TlsRow {
  bool tls;
  std::string_view in_message;
  const char* reason_name;
  const char* message;
};

// In OpenSSL's words, what is no TLS has a wrong version or a record that is too long.
constexpr TlsRow kTlsRows[] = {
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
  if (IsTarget(text)) return GatewayAddress{text, tls};
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return WithPort(text, kDefaultPort, tls);
  const std::string scheme = text.substr(0, scheme_end);
  std::string authority = text.substr(scheme_end + 3);
  if (authority.ends_with('/')) authority.pop_back();
  const bool https = scheme == "https";
  if (!https && scheme != "http") return WrongFlag("gateway", kForm);
  if (!https && tls) {
    return WrongFlag("gateway",
                     "has http://, which means no TLS, but --tls or a flag that implies it is "
                     "given: write HOST:PORT");
  }
  return WithPort(std::move(authority), https ? ":443" : ":80", https);
}

Error ExplainConnection(const Error& error, const GatewayAddress& address) {
  if (error.grpc_code != GrpcCode::kUnavailable || error.reason != ErrorReason::kUnspecified ||
      !error.reason_name.empty()) {
    return error;
  }
  for (const TlsRow& row : kTlsRows) {
    if (row.tls != address.tls || error.message.find(row.in_message) == std::string::npos) continue;
    Error explained = error;
    explained.reason_name = row.reason_name;
    explained.message = row.message;
    return explained;
  }
  for (const Unreachable& row : kUnreachableRows) {
    if (error.message.find(row.in_message) == std::string::npos) continue;
    Error explained = error;
    explained.reason_name = row.reason_name;
    explained.message = row.before + address.target + row.after;
    return explained;
  }
  return error;
}

}  // namespace modelgates::oauth::cli
