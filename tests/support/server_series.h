#pragma once

#include <string>

namespace modelgates::gateway {

// A series of the metrics grpc_server_*, as /metrics spells it. `code`: the value of grpc_code;
// `le`: that of a bucket; empty: the series has none.
inline std::string ServerSeries(const std::string& name, const std::string& rpc,
                                const std::string& code = "", const std::string& le = "") {
  return name + "{" + (code.empty() ? "" : "grpc_code=\"" + code + "\",") + "grpc_method=\"" + rpc +
         "\",grpc_service=\"modelgates.oauth.v1.OAuthService\",grpc_type=\"unary\"" +
         (le.empty() ? "" : ",le=\"" + le + "\"") + "}";
}

}  // namespace modelgates::gateway
