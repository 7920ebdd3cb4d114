#pragma once

#include <cstdint>

namespace modelgates::gateway {

// Whose key a call is sent with.
enum class KeyOwner : uint8_t {
  kGateway,  // the gateway's own, or none since it has none
  kCaller,   // the caller's `authorization` metadata
};

}  // namespace modelgates::gateway
