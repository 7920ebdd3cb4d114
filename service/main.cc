#include <absl/synchronization/mutex.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/free_pages.h"
#include "base/secret.h"
#include "config/flags.h"
#include "config/live_settings.h"
#include "frontend/library_logs.h"
#include "frontend/server_limits.h"
#include "gateway/build_commit.h"
#include "gateway/last_lines.h"
#include "gateway/probe.h"
#include "gateway/process_setup.h"
#include "gateway/room_rules.h"
#include "gateway/server.h"
#include "gateway/service_manager.h"
#include "gateway/signals.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {
namespace {

constexpr int kWrongSettings = 2;
constexpr int kCutOff = 1;
constexpr int kProbeFailed = 1;

int Serve(Config config, SettingSources sources, const std::vector<std::string>& warnings,
          const std::vector<std::string>& args) {
  BlockStopSignals();
  WriteLastLinesOnFatalSignals();
  // Never destroyed: threads of gRPC, and the one that waits for a second signal, may outlive this
  // function.
  Log& log =
      *new Log({.min_severity = config.log_level, .format = config.log_format, .sink = nullptr});
  BoundReads();
  RouteLibraryLogs(log);
  LogLine starting = log.Line(Severity::kInfo, "starting", "oauth-gateway starts");
  log.Write(starting.Add("version", GATEWAY_VERSION)
                .Add("commit", BuildCommit())
                .Add("upstream", config.upstream));
  for (const std::string& warning : warnings) {
    LogLine line = log.Line(Severity::kWarning, "setting", "a setting is probably a mistake");
    log.Write(line.Add("warning", warning));
  }

  const TraceSettings traces = ReadTraceVariables(ProcessEnvironment()).settings;
  auto server =
      Server::Start(config, log, {.sources = sources, .traces = traces, .commit = BuildCommit()});
  config.api_key = Secret();
  if (!server.ok()) {
    std::fprintf(stderr, "oauth-gateway: %s\n", std::string(server.status().message()).c_str());
    return kWrongSettings;
  }
  LogLine listening = log.Line(Severity::kInfo, "listening", "ready for calls");
  log.Write(listening.Add("grpc_address", (*server)->grpc_address())
                .Add("admin_address", (*server)->admin_address()));
  const ServiceManager manager = ServiceManager::OfThisProcess();
  manager.Ready();

  WaitForStopSignal(log, [&] {
    manager.Reloading();
    SettingsChange change =
        ReadSettingsAgain(config, sources, args, ProcessEnvironment(), RulesOfAllRooms());
    (*server)->TakeSettings(change);
    config = std::move(change.config);
    sources = std::move(change.sources);
    manager.Ready();
  });
  manager.Stopping();
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

int Main(int argc, char** argv) {
  ReturnFreePages(FreePages::kSoon);
  OpenStandardDescriptors();
  BlockHarmlessSignals();
#ifdef NDEBUG
  // The packaged abseil checks the order of every lock, which costs a tenth of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  NeverDumpMemory();
  signal(SIGPIPE, SIG_IGN);

  const std::vector<std::string> args(argv + 1, argv + argc);
  LoadResult loaded = Load(args, ProcessEnvironment(), RulesOfAllRooms(), BuildCommit());
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
