#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace modelgates::gateway {

// Which of many equal events have a log line: `percent` of them, evenly. Loop thread only.
class LogShare {
 public:
  // From 0 to 100.
  explicit LogShare(int percent) : percent_(percent) {}

  void SetPercent(int percent) { percent_ = percent; }

  // One more event. Nullopt: no line; else how many events the line stands for, this one included.
  std::optional<uint64_t> Pass() {
    constexpr int kWhole = 100;
    ++unsaid_;
    part_ += percent_;
    if (part_ < kWhole) return std::nullopt;
    part_ -= kWhole;
    return std::exchange(unsaid_, 0);
  }

 private:
  int percent_;
  int part_ = 0;         // of the next line, in percent
  uint64_t unsaid_ = 0;  // events since the last line
};

}  // namespace modelgates::gateway
