#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/asan_options.h"

namespace modelgates::gateway {

// For tests that measure the memory of a gateway's process, under AddressSanitizer too.

// What it keeps of freed memory is none of the gateway's: the environment to start the process
// with.
inline std::vector<std::string> MeasuredEnvironment() {
  return {AsanOptions("quarantine_size_mb=1")};
}

// Its red zones and its shadow take more than the memory itself; a bound is so many times larger.
#ifdef __SANITIZE_ADDRESS__
constexpr size_t kSanitizerFactor = 3;
#else
constexpr size_t kSanitizerFactor = 1;
#endif

}  // namespace modelgates::gateway
