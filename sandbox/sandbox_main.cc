#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <absl/flags/usage.h>
#include <absl/flags/usage_config.h>
#include <absl/time/time.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "sandbox/sandbox.h"
#include "sandbox/sandbox_log.h"

ABSL_FLAG(
    std::string, listen, "127.0.0.1:0",
    "Address and port to listen on. Port 0: any free port; the log line `listening` names it.");
ABSL_FLAG(std::string, api_key, "",
          "Bearer that is required to create a code. Empty: none is required.");
ABSL_FLAG(absl::Duration, code_ttl, absl::Minutes(10), "Time for which a code can be exchanged.");
ABSL_FLAG(std::string, base_path, "/api/v1", "Path prefix of the API.");
ABSL_FLAG(absl::Duration, latency, absl::ZeroDuration(), "Delay of every answer of the API.");
ABSL_FLAG(bool, control, true, "Serve /control/faults and /control/stats.");

namespace {

using modelgates::sandbox::Sandbox;
using modelgates::sandbox::SandboxOptions;

constexpr int kWrongUsage = 2;

SandboxOptions OptionsFromFlags() {
  SandboxOptions options;
  options.listen = absl::GetFlag(FLAGS_listen);
  options.api_key = absl::GetFlag(FLAGS_api_key);
  options.code_ttl = absl::ToChronoMilliseconds(absl::GetFlag(FLAGS_code_ttl));
  options.base_path = absl::GetFlag(FLAGS_base_path);
  options.latency = absl::ToChronoMilliseconds(absl::GetFlag(FLAGS_latency));
  options.control = absl::GetFlag(FLAGS_control);
  options.logger = modelgates::sandbox::MakeStdoutLogger();
  return options;
}

// A shell usually allows 1,024 descriptors; load tests hold more connections than that.
void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Before any thread starts, so that all inherit it and only WaitForSignal() sees them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void WaitForSignal(const sigset_t& signals) {
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
}

int Fail(const std::string& text) {
  std::fprintf(stderr, "oauth-sandbox: %s\n", text.c_str());
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "A local ModelGates OAuth API for development, with the real rules for PKCE and codes.\n\n"
      "POST /control/faults scripts faults; the first one answers the next request with 503:\n"
      "  curl -d '{\"action\":\"status\",\"status\":503,\"count\":1}' HOST:PORT/control/faults\n"
      "GET /control/stats counts requests, codes and keys.");
  absl::FlagsUsageConfig usage;
  usage.version_string = [] { return std::string("oauth-sandbox " SANDBOX_VERSION "\n"); };
  usage.contains_help_flags = [](absl::string_view file) {
    return file.find("sandbox_main") != absl::string_view::npos;
  };
  absl::SetFlagsUsageConfig(usage);
  if (absl::ParseCommandLine(argc, argv).size() > 1) return Fail("takes flags only, see --help");

  AllowManyConnections();
  const sigset_t signals = BlockStopSignals();
  Sandbox sandbox(OptionsFromFlags());
  if (const absl::Status started = sandbox.Start(); !started.ok()) {
    return Fail(std::string(started.message()));
  }
  WaitForSignal(signals);
  sandbox.Stop();
  return 0;
}
