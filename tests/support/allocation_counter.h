#pragma once

#include <cstdint>

namespace modelgates::gateway {

// How often this thread has called operator new, since it began.
//
// Linking the counter replaces operator new for the whole program, the C++ libraries that it loads
// included. Memory that C libraries take by malloc (OpenSSL, libcurl) is not seen. Sanitizers bring
// an operator new of their own, so the two do not go together.
uint64_t AllocationsSoFar();

}  // namespace modelgates::gateway
