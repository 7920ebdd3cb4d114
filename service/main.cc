#include <absl/synchronization/mutex.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "config/flags.h"
#include "config/live_settings.h"
#include "frontend/library_logs.h"
#include "frontend/server_limits.h"
#include "gateway/probe.h"
#include "gateway/room_rules.h"
#include "gateway/server.h"
#include "gateway/signals.h"

namespace modelgates::gateway {
namespace {

constexpr int kWrongSettings = 2;
constexpr int kCutOff = 1;
constexpr int kProbeFailed = 1;

// Opens /dev/null as each of the descriptors 0 to 2 that is closed. Otherwise the next file that is
// opened would get its number, and with it the log.
void OpenStandardDescriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open returns the lowest free number, which is the closed one.
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
  }
}

// A shell usually allows 1,024 descriptors; 1,000 concurrent calls need about as many just for the
// upstream.
void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Memory contains keys and codes: no core dump for any core pattern, and no ptrace.
void NeverDumpMemory() {
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

// Vector registers keep the last copied and compared bytes: the same functions load zeros.
void OverwriteRegisters() {
  char zeros[1024] = {};
  for (size_t size = 1; size < sizeof(zeros) / 2; ++size) {
    asm volatile("" : "+r"(size) : : "memory");  // hides the value, so that the calls are made
    std::memmove(zeros + sizeof(zeros) / 2, zeros, size);
    if (std::memcmp(zeros + sizeof(zeros) / 2, zeros, size) != 0) std::abort();
    if (std::memchr(zeros, 1, size) != nullptr) std::abort();
  }
}

// Wipes copies of the key: the environment stays in memory, and the first call of a library's
// function saves all registers on the stack.
void WipeTracesOfTheKey() {
  char* const key = std::getenv(kKeyVariable);
  if (key != nullptr) explicit_bzero(key, std::strlen(key));
  OverwriteRegisters();
  WipeStack();
}

int Serve(Config config, SettingSources sources, const std::vector<std::string>& warnings,
          const std::vector<std::string>& args) {
  BlockStopSignals();
  // Never destroyed: threads of gRPC, and the one that waits for a second signal, may outlive this
  // function.
  Log& log =
      *new Log({.min_severity = config.log_level, .format = config.log_format, .sink = nullptr});
  BoundReads();
  RouteLibraryLogs(log);
  LogLine starting = log.Line(Severity::kInfo, "starting", "oauth-gateway starts");
  log.Write(starting.Add("version", GATEWAY_VERSION).Add("upstream", config.upstream));
  for (const std::string& warning : warnings) {
    LogLine line = log.Line(Severity::kWarning, "setting", "a setting is probably a mistake");
    log.Write(line.Add("warning", warning));
  }

  auto server = Server::Start(config, log, sources);
  config.api_key = Secret();
  if (!server.ok()) {
    std::fprintf(stderr, "oauth-gateway: %s\n", std::string(server.status().message()).c_str());
    return kWrongSettings;
  }
  LogLine listening = log.Line(Severity::kInfo, "listening", "ready for calls");
  log.Write(listening.Add("grpc_address", (*server)->grpc_address())
                .Add("admin_address", (*server)->admin_address()));

  WaitForStopSignal(log, [&] {
    SettingsChange change =
        ReadSettingsAgain(config, sources, args, ProcessEnvironment(), RulesOfAllRooms());
    (*server)->TakeSettings(change);
    config = std::move(change.config);
    sources = std::move(change.sources);
  });
  LogLine draining = log.Line(Severity::kInfo, "draining", "the gateway drains");
  log.Write(draining);
  std::thread([&log] {
    WaitForStopSignal(log);
    log.Flush();
    _exit(kCutOff);
  }).detach();
  const DrainEnd end = (*server)->Drain();
  // A loop that hangs cannot be joined.
  if (end != DrainEnd::kHung) server->reset();

  const bool complete = end == DrainEnd::kComplete;
  LogLine stopped = log.Line(Severity::kInfo, "stopped", "oauth-gateway stops");
  log.Write(stopped.Add("complete", complete));
  log.Flush();
  if (end == DrainEnd::kHung) _exit(kCutOff);
  return complete ? 0 : kCutOff;
}

int Probe(const Config& config) {
  const absl::Status status = RunProbe(config);
  if (status.ok()) return 0;
  std::fprintf(stderr, "oauth-gateway: %s\n", std::string(status.message()).c_str());
  return kProbeFailed;
}

// gRPC's threads and the loop wake each other at every step of a call. With the usual policy a
// woken thread interrupts the running one, two to four times per call; with this policy it waits
// for its turn, and then finds several pieces of work (docs/adr/0007). Inherited by every thread.
// If the system refuses it, calls only cost more.
void UseBatchScheduling() {
  const sched_param priority{};
  sched_setscheduler(0, SCHED_BATCH, &priority);
}

int Main(int argc, char** argv) {
  OpenStandardDescriptors();
  BlockHarmlessSignals();
#ifdef NDEBUG
  // The packaged abseil checks the order of every lock, which costs a tenth of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  NeverDumpMemory();
  signal(SIGPIPE, SIG_IGN);
  UseBatchScheduling();

  const std::vector<std::string> args(argv + 1, argv + argc);
  LoadResult loaded = Load(args, ProcessEnvironment(), RulesOfAllRooms());
  WipeTracesOfTheKey();
  std::fputs(loaded.output.c_str(), stdout);
  for (const std::string& error : loaded.errors) {
    std::fprintf(stderr, "oauth-gateway: %s\n", error.c_str());
  }
  if (!loaded.config) {
    for (const std::string& warning : loaded.warnings) {
      std::fprintf(stderr, "oauth-gateway: warning: %s\n", warning.c_str());
    }
    return loaded.exit_status;
  }
  if (loaded.config->probe != ProbeKind::kNone) return Probe(*loaded.config);
  AllowManyConnections();
  return Serve(*std::move(loaded.config), std::move(loaded.sources), loaded.warnings, args);
}

}  // namespace
}  // namespace modelgates::gateway

int main(int argc, char** argv) { return modelgates::gateway::Main(argc, argv); }
