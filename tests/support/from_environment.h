#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace modelgates::gateway {

// How much of something a test does: what the environment variable says, `most` at most.
inline uint32_t FromEnvironment(const char* name, uint32_t usual, uint32_t most) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return usual;
  return static_cast<uint32_t>(std::min<unsigned long>(std::strtoul(text, nullptr, 10), most));
}

}  // namespace modelgates::gateway
