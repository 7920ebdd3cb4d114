#pragma once

#include <cstdint>

namespace modelgates::gateway {

// The owner of the key that a call is sent with.
enum class KeyOwner : uint8_t {
  kGateway,  // the gateway's own key, or no key
  kCaller,   // the caller's `authorization` metadata
  kRule,     // the gateway's key for this caller (`key_file` in the callers file)
};

}  // namespace modelgates::gateway
