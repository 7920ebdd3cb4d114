#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace modelgates::gateway {

inline constexpr char kKeyVariable[] = "MODELGATES_API_KEY";

// Variables by name, including empty ones.
using Environment = std::map<std::string, std::string, std::less<>>;

// The variables of this process that belong to the gateway: OAUTH_GATEWAY_*, OTEL_* and
// MODELGATES_API_KEY.
Environment ProcessEnvironment();

// One sentence for each variable OAUTH_GATEWAY_* that belongs to no setting, with the most similar
// name and without the value. Ignores the variables that Kubernetes defines in Pods for each
// Service named oauth-gateway or oauth-gateway-*: ..._SERVICE_HOST, ..._SERVICE_PORT* and
// ..._PORT*, the latter only with a value such as tcp://10.0.0.1:50051.
std::vector<std::string> UnknownVariables(const Environment& environment);

}  // namespace modelgates::gateway
