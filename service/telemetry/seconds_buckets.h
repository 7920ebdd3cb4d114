#pragma once

#include <prometheus/histogram.h>

namespace modelgates::gateway {

// The bounds of all durations, in seconds, from a refusal without a request to the longest usual
// deadline.
inline const prometheus::Histogram::BucketBoundaries& SecondsBuckets() {
  static const auto& seconds = *new prometheus::Histogram::BucketBoundaries{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120};
  return seconds;
}

}  // namespace modelgates::gateway
