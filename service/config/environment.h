#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace modelgates::gateway {

inline constexpr char kKeyVariable[] = "MODELGATES_API_KEY";

// Variables by name. One that is set and empty is there.
using Environment = std::map<std::string, std::string, std::less<>>;

// What the environment of this process holds for the gateway: OAUTH_GATEWAY_* and
// MODELGATES_API_KEY.
Environment ProcessEnvironment();

// One sentence for each variable OAUTH_GATEWAY_* that belongs to no setting, with the nearest that
// does and without the value. Left alone are those that Kubernetes puts into the environment of
// Pods for each Service named oauth-gateway or oauth-gateway-*: ..._SERVICE_HOST, ..._SERVICE_PORT*
// and ..._PORT*, the latter with a value such as tcp://10.0.0.1:50051.
std::vector<std::string> UnknownVariables(const Environment& environment);

}  // namespace modelgates::gateway
