#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace modelgates::bench {

// What a process holds at one moment.
struct Sample {
  std::chrono::duration<double, std::ratio<3600>> hours;  // since the first sample
  double memory_mib = 0;                                  // resident
  double descriptors = 0;
  double threads = 0;
};

// What the kernel says of `pid`; throws std::runtime_error when the process is gone.
Sample Take(pid_t pid, std::chrono::steady_clock::time_point start);

// By how much `what` grows in an hour: the slope of the straight line with the least squares. 0 for
// fewer than two samples.
double GrowthAnHour(const std::vector<Sample>& samples, double Sample::*what);

// The median of `what`; 0 without samples.
double Median(std::vector<Sample> samples, double Sample::*what);

}  // namespace modelgates::bench
