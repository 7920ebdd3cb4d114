#pragma once

#include <chrono>

namespace modelgates::gateway {

// All waiting, deadlines and timeouts are on the steady clock, so that a step of the wall clock
// changes none of them.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

}  // namespace modelgates::gateway
