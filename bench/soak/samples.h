#pragma once

#include <chrono>
#include <vector>

#include "support/gateway_process.h"

namespace modelgates::bench {

// What a process holds at one moment.
struct Sample {
  std::chrono::duration<double, std::ratio<3600>> hours;  // since the first sample
  double memory_mib = 0;                                  // resident
  double descriptors = 0;
  double threads = 0;
};

// Throws std::runtime_error when the process is gone.
Sample Take(const gateway::GatewayProcess& gateway, std::chrono::steady_clock::time_point start);

// By how much `what` grows in an hour: the slope of the straight line with the least squares. 0 for
// fewer than two samples.
double GrowthAnHour(const std::vector<Sample>& samples, double Sample::*what);

// The median of `what`; 0 without samples.
double Median(std::vector<Sample> samples, double Sample::*what);

}  // namespace modelgates::bench
