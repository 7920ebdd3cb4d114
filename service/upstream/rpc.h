#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// The two operations, where only their identity matters: labels, paths, tables.
enum class Rpc : uint8_t { kCreateAuthCode, kExchangeAuthCode };

inline constexpr size_t kRpcCount = 2;

// The method's name in the proto, e.g. "CreateAuthCode"; the value of `rpc` in logs and metrics.
constexpr std::string_view ToString(Rpc rpc) {
  return rpc == Rpc::kCreateAuthCode ? "CreateAuthCode" : "ExchangeAuthCode";
}

}  // namespace modelgates::gateway
