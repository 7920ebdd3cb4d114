#include "base/process_stats.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <future>
#include <thread>
#include <vector>

namespace modelgates::gateway {
namespace {

double CpuOfRusage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

TEST(ProcessStats, AgreeWithTheSystem) {
  const auto stats = ReadProcessStats();
  ASSERT_TRUE(stats.has_value());
  EXPECT_NEAR(stats->cpu_seconds, CpuOfRusage(), 0.5);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(stats->max_fds, static_cast<double>(limit.rlim_cur));
  const double now = static_cast<double>(time(nullptr));
  EXPECT_LE(stats->start_time_seconds, now + 2);
  EXPECT_GT(stats->start_time_seconds, now - 3600);
  EXPECT_GE(stats->virtual_memory_bytes, stats->resident_memory_bytes);
  EXPECT_GT(stats->resident_memory_bytes, 1e6);
}

TEST(ProcessStats, CountWhatTheProcessTakes) {
  const auto before = ReadProcessStats();
  std::vector<int> descriptors;
  for (int i = 0; i < 7; ++i) descriptors.push_back(dup(0));
  constexpr size_t kBytes = 64 << 20;
  void* const memory =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memset(memory, 1, kBytes);
  std::promise<void> end;
  std::thread waiting([&end] { end.get_future().wait(); });
  const auto after = ReadProcessStats();
  end.set_value();
  waiting.join();
  for (const int descriptor : descriptors) close(descriptor);
  munmap(memory, kBytes);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->open_fds - before->open_fds, 7);
  EXPECT_GE(after->resident_memory_bytes - before->resident_memory_bytes, 0.9 * kBytes);
  EXPECT_EQ(after->threads - before->threads, 1);
}

}  // namespace
}  // namespace modelgates::gateway
