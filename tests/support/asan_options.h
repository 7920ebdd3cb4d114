#pragma once

#include <cstdlib>
#include <string>

namespace modelgates::gateway {

// AddressSanitizer's options with one more, as a variable of the environment for a Subprocess.
inline std::string AsanOptions(const std::string& option) {
  const char* const options = std::getenv("ASAN_OPTIONS");
  return "ASAN_OPTIONS=" + std::string(options != nullptr ? options : "") + ":" + option;
}

}  // namespace modelgates::gateway
