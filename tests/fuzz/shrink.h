#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace modelgates::gateway {

// Makes choices that fail fewer and duller, for as long as they fail: leaves some out, then makes
// some zero. Tries at most `limit` times. `choices` must fail.
inline std::vector<uint8_t> Shrink(std::vector<uint8_t> choices,
                                   const std::function<bool(const std::vector<uint8_t>&)>& fails,
                                   int limit = 20'000) {
  const auto try_instead = [&](std::vector<uint8_t> other) {
    if (limit-- <= 0 || !fails(other)) return false;
    choices = std::move(other);
    return true;
  };
  for (bool better = true; better && limit > 0;) {
    better = false;
    for (size_t length = std::max<size_t>(choices.size() / 2, 1); length > 0; length /= 2) {
      for (size_t at = 0; at + length <= choices.size();) {
        std::vector<uint8_t> without = choices;
        const auto from = without.begin() + static_cast<std::ptrdiff_t>(at);
        without.erase(from, from + static_cast<std::ptrdiff_t>(length));
        if (try_instead(std::move(without))) {
          better = true;
        } else {
          at += length;
        }
      }
    }
    for (size_t at = 0; at < choices.size(); ++at) {
      for (const uint8_t duller : {0, choices[at] / 2, choices[at] - 1}) {
        if (duller >= choices[at]) continue;
        std::vector<uint8_t> other = choices;
        other[at] = duller;
        if (try_instead(std::move(other))) {
          better = true;
          break;
        }
      }
    }
  }
  while (!choices.empty() && choices.back() == 0) choices.pop_back();  // zeros follow anyway
  return choices;
}

}  // namespace modelgates::gateway
