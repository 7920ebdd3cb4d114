#include "base/process_stats.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

struct DirectoryDeleter {
  void operator()(DIR* directory) const { closedir(directory); }
};

// The fields of /proc/self/stat from the third on (proc(5)): the second, the name of the program,
// may contain anything.
std::vector<double> StatFields() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return {};
  std::istringstream rest(text.substr(name_end + 4));  // after "S ", the state
  std::vector<double> fields{0};
  for (double field = 0; rest >> field;) fields.push_back(field);
  return fields;
}

// When the system was started, in seconds since 1970.
double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    double value = 0;
    if (words >> name >> value && name == "btime") return value;
  }
  return 0;
}

double OpenDescriptors() {
  const std::unique_ptr<DIR, DirectoryDeleter> directory(opendir("/proc/self/fd"));
  if (!directory) return 0;
  double count = -3;  // ".", "..", and the descriptor of the directory itself
  while (readdir(directory.get()) != nullptr) ++count;
  return count;
}

}  // namespace

std::optional<ProcessStats> ReadProcessStats() {
  // proc(5) numbers the fields from 1; the state is the third.
  constexpr size_t kFirst = 3;
  constexpr size_t kUtime = 14 - kFirst;
  constexpr size_t kStime = 15 - kFirst;
  constexpr size_t kThreads = 20 - kFirst;
  constexpr size_t kStartTime = 22 - kFirst;
  constexpr size_t kVirtual = 23 - kFirst;
  constexpr size_t kResident = 24 - kFirst;
  const std::vector<double> fields = StatFields();
  if (fields.size() <= kResident) return std::nullopt;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessStats stats;
  stats.cpu_seconds = (fields[kUtime] + fields[kStime]) / ticks;
  stats.start_time_seconds = BootTime() + fields[kStartTime] / ticks;
  stats.virtual_memory_bytes = fields[kVirtual];
  stats.resident_memory_bytes = fields[kResident] * static_cast<double>(sysconf(_SC_PAGESIZE));
  stats.threads = fields[kThreads];
  stats.open_fds = OpenDescriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = static_cast<double>(limit.rlim_cur);
  return stats;
}

}  // namespace modelgates::gateway
