#include "gateway/thread_scheduling.h"

#include <dirent.h>
#include <sched.h>
#include <time.h>

#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace modelgates::gateway {
namespace {

Duration CpuTime() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// The kernel has no call for all threads of a process. Those that are started meanwhile have the
// scheduling of the thread that starts them.
void SetAllThreads(Scheduling scheduling) {
  const std::unique_ptr<DIR, int (*)(DIR*)> threads(opendir("/proc/self/task"), closedir);
  if (threads == nullptr) return;
  const int policy = scheduling == Scheduling::kBatch ? SCHED_BATCH : SCHED_OTHER;
  const sched_param priority{};
  while (const dirent* const entry = readdir(threads.get())) {
    const std::string_view name = entry->d_name;
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec != std::errc()) continue;
    sched_setscheduler(thread, policy, &priority);
  }
}

}  // namespace

ThreadScheduling::System ThreadScheduling::OfThisProcess() {
  return {.cpu_time = CpuTime, .set = SetAllThreads};
}

ThreadScheduling::ThreadScheduling(EventLoop& loop, System system, const Options& options)
    : loop_(loop), system_(std::move(system)), options_(options) {}

void ThreadScheduling::Start() {
  looked_ = loop_.Now();
  cpu_time_ = system_.cpu_time();
  loop_.Start(*this, looked_ + options_.interval);
}

void ThreadScheduling::OnTimer() {
  const TimePoint now = loop_.Now();
  const Duration cpu_time = system_.cpu_time();
  const Duration used = cpu_time - std::exchange(cpu_time_, cpu_time);
  const Duration passed = now - std::exchange(looked_, now);
  const double share = std::chrono::duration<double>(used) / std::chrono::duration<double>(passed);
  const Scheduling wanted = share >= options_.busy    ? Scheduling::kBatch
                            : share <= options_.quiet ? Scheduling::kPreempting
                                                      : now_;
  if (std::exchange(now_, wanted) != wanted) system_.set(wanted);
  loop_.Start(*this, now + options_.interval);
}

}  // namespace modelgates::gateway
