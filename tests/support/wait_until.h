#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace modelgates::gateway {

// For what another process changes, and no event tells. False: it did not become true within a
// minute.
inline bool WaitUntil(const std::function<bool()>& condition) {
  constexpr int kPolls = 6000;
  for (int i = 0; i < kPolls; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace modelgates::gateway
