#pragma once

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>

#include "support/allocation_counter.h"

namespace modelgates::gateway {

// Adds the counter "allocs" to a benchmark: allocations per iteration. Must be created immediately
// before the loop, so that only the loop counts.
class AllocationReport {
 public:
  explicit AllocationReport(benchmark::State& state) : state_(state), before_(AllocationsSoFar()) {}
  AllocationReport(const AllocationReport&) = delete;
  AllocationReport& operator=(const AllocationReport&) = delete;
  ~AllocationReport() {
    const auto count = static_cast<double>(AllocationsSoFar() - before_);
    // Rounded to hundredths, because the first iteration may allocate a buffer that is reused.
    const double each = count / static_cast<double>(state_.iterations());
    state_.counters["allocs"] = std::round(each * 100) / 100;
  }

 private:
  benchmark::State& state_;
  const uint64_t before_;
};

}  // namespace modelgates::gateway
