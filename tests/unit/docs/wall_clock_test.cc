#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

// The wall clock steps: somebody sets it, a virtual machine wakes up. No timeout, wait or budget
// may notice, so nothing in service/ reads it but for these.
const std::map<std::string, const char*> kMayReadIt = {
    {"base/log.cc", "the timestamps of the log"},
    {"call/call.cc", "gRPC's deadline, made a length of time at once"},
    {"frontend/grpc_frontend.cc", "gRPC's Shutdown takes no other; it is given the past"},
    {"gateway/server.cc", "dates what pages show"},
    {"gateway/shard.cc", "dates answers that have none"},
    {"telemetry/call_spans.cc", "spans of several services have one time axis"},
    {"telemetry/exemplars.cc", "dates exemplars, as scrapes are dated"},
    {"tls/tls_files.h", "certificates have dates; a step makes them valid or not"},
};

bool ReadsTheWallClock(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  for (const char* clock :
       {"system_clock", "high_resolution_clock", "CLOCK_REALTIME", "gpr_now", "gettimeofday",
        "absl::Now", "log_clock", "time(nullptr)", "std::time("}) {
    if (text.str().find(clock) != std::string::npos) return true;
  }
  return false;
}

TEST(WallClock, IsReadWhereAStepOfItDoesNoHarm) {
  const fs::path service = fs::path(PROJECT_ROOT) / "service";
  size_t found = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(service)) {
    const std::string suffix = entry.path().extension();
    if (suffix != ".cc" && suffix != ".h") continue;
    if (!ReadsTheWallClock(entry.path())) continue;
    const std::string name = fs::relative(entry.path(), service);
    EXPECT_TRUE(kMayReadIt.contains(name)) << name;
    ++found;
  }
  EXPECT_EQ(found, kMayReadIt.size());
}

}  // namespace
}  // namespace modelgates::gateway
