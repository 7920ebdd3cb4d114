#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace modelgates::gateway {

// The upstream's base URL, parsed once at start-up.
struct BaseUrl {
  bool tls = false;
  std::string origin;     // scheme, host and port to connect to: "https://modelgates.ai:443"
  std::string authority;  // the Host field: the port only when it is not the scheme's own
  std::string path;       // prefix of every request's path: "" or "/api/v1"
};

// Parses `url`: http or https, a host, no user, no query, no fragment, visible ASCII only.
// One trailing slash is removed (REST contract, section 1).
//
// Error: InvalidArgument. Its message is the violated rule, to be printed after the setting's name:
// "must start with http:// or https://".
absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view url);

}  // namespace modelgates::gateway
