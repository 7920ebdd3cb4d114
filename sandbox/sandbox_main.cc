#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <absl/flags/reflection.h>
#include <absl/flags/usage_config.h>
#include <absl/time/time.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "sandbox/sandbox.h"
#include "sandbox/sandbox_log.h"
#include "sandbox/sandbox_version.h"

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

bool AsksForHelp(int argc, char** argv) {
  for (int i = 1; i < argc && argv[i] != std::string_view("--"); ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-help" || argument == "-h") return true;
  }
  return false;
}

constexpr char kHelp[] =
    R"(A ModelGates to develop against: the API with its real rules for PKCE and codes, the consent
page of a login, and faults on demand.

  oauth-sandbox --listen=127.0.0.1:8080

serves, at http://127.0.0.1:8080
  /                            an index for browsers: addresses, faults, counters
  POST /api/v1/auth/keys/code  creates a code
  POST /api/v1/auth/keys       exchanges it for a key
  /auth                        the consent page: modelgates-oauth login --site http://127.0.0.1:8080
  POST /control/faults         adds a fault; DELETE removes all
  GET /control/stats           the counters as JSON
  GET /healthz                 the probe

A fault answers the next request with 503:
  curl -d '{"action":"status","status":503}' http://127.0.0.1:8080/control/faults
docs/sandbox.md of the sources describes all faults. The log goes to stdout, a JSON object a line.

Flags:
)";

int PrintHelp() {
  std::fputs(kHelp, stdout);
  for (const char* name : {"listen", "api_key", "base_path", "code_ttl", "latency", "control"}) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    std::printf("  --%-10s %s Default: %s\n", name, flag->Help().c_str(),
                flag->DefaultValue().empty() ? "empty" : flag->DefaultValue().c_str());
  }
  std::fputs("  --version    Print the version.\n  --help       Print this.\n", stdout);
  return 0;
}

int Fail(const std::string& text) {
  std::fprintf(stderr, "oauth-sandbox: %s\n", text.c_str());
  return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  absl::FlagsUsageConfig usage;
  usage.version_string = [] { return modelgates::sandbox::VersionLine() + "\n"; };
  absl::SetFlagsUsageConfig(usage);
  // abseil's own help names source files, and ends with status 1.
  if (AsksForHelp(argc, argv)) return PrintHelp();
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
