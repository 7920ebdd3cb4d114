#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace modelgates::gateway {

// The upstream's base URL, taken apart once at start-up.
struct BaseUrl {
  bool tls = false;
  std::string origin;     // what is connected to: "https://modelgates.ai:443"
  std::string authority;  // the Host field: the port only when it is not the scheme's own
  std::string path;       // prefix of every request's path: "" or "/api/v1"
};

// Takes `url` apart: http or https, a host, no user, no query, no fragment, visible ASCII only.
// One trailing slash is removed (REST contract, section 1).
//
// Otherwise InvalidArgument; its message says which rule was broken, fit to follow the setting's
// name: "must start with http:// or https://".
absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view url);

}  // namespace modelgates::gateway
