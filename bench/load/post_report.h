#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <vector>

namespace modelgates::bench {

inline double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The result of the *_post programs: CPU and latency of a number of POSTs. Before them a tenth as
// many, and at least one per connection, warm up.
class PostReport {
 public:
  using Clock = std::chrono::steady_clock;

  PostReport(size_t in_flight, size_t posts) : warm_up_(posts / 10 + in_flight), posts_(posts) {
    latencies_us_.reserve(posts);
  }

  // False: all POSTs were started.
  bool Start() {
    if (started_ == warm_up_ + posts_) return false;
    ++started_;
    return true;
  }
  void Answered(Clock::time_point sent) {
    if (warmed_up_ == warm_up_) {
      latencies_us_.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent).count());
    } else if (++warmed_up_ == warm_up_) {
      start_ = Clock::now();
      cpu_start_ = CpuSeconds();
    }
  }
  bool complete() const { return latencies_us_.size() == posts_; }

  // {"cpu_us": CPU per POST, "seconds": ..., "latencies_us": [...]}
  void Print() const {
    const double cpu = CpuSeconds() - cpu_start_;
    const std::chrono::duration<double> elapsed = Clock::now() - start_;
    std::printf("{\"cpu_us\": %.3f, \"seconds\": %.6f, \"latencies_us\": [",
                cpu * 1e6 / static_cast<double>(posts_), elapsed.count());
    const char* separator = "";
    for (const long long latency : latencies_us_) {
      std::printf("%s%lld", separator, latency);
      separator = ", ";
    }
    std::puts("]}");
  }

 private:
  const size_t warm_up_;
  const size_t posts_;
  size_t started_ = 0;
  size_t warmed_up_ = 0;
  std::vector<long long> latencies_us_;
  Clock::time_point start_;
  double cpu_start_ = 0;
};

}  // namespace modelgates::bench
