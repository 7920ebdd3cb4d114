#include "support/gateway_process.h"

#include <signal.h>

#include "support/log_capture.h"
#include "support/log_rows.h"

namespace modelgates::gateway {
namespace {

std::vector<std::string> CommandLine(const std::vector<std::string>& flags) {
  std::vector<std::string> args = {GatewayPath(), "--listen=127.0.0.1:0",
                                   "--admin_listen=127.0.0.1:0", "--drain_delay=0s"};
  args.insert(args.end(), flags.begin(), flags.end());
  return args;
}

}  // namespace

GatewayProcess::GatewayProcess(const std::vector<std::string>& flags,
                               const std::vector<std::string>& env)
    : process_(CommandLine(flags), env) {}

GatewayProcess::~GatewayProcess() { ExpectLinesOfLogTable(out()); }

bool GatewayProcess::WaitUntilListening() {
  if (!WaitForEvent("listening")) return false;
  const nlohmann::json line = Lines("listening").front();
  grpc_address_ = line.value("grpc_address", "");
  admin_address_ = line.value("admin_address", "");
  return true;
}

std::optional<int> GatewayProcess::Terminate() {
  Signal(SIGTERM);
  return WaitForExit();
}

bool GatewayProcess::WaitForEvent(std::string_view event) const { return WaitForLines(event, 1); }

bool GatewayProcess::WaitForLines(std::string_view event, size_t count) const {
  return process_.WaitForOutput(
      [&](const std::string& out) { return LogCapture::LinesOf(out, event).size() >= count; });
}

std::vector<nlohmann::json> GatewayProcess::Lines(std::string_view event) const {
  return LogCapture::LinesOf(out(), event);
}

std::string GatewayPath() { return GATEWAY_BINARY; }

GatewayRun RunGateway(const std::vector<std::string>& flags, const std::vector<std::string>& env) {
  std::vector<std::string> args = {GatewayPath()};
  args.insert(args.end(), flags.begin(), flags.end());
  Subprocess process(args, env);
  GatewayRun run;
  run.exit_status = process.WaitForExit();
  run.out = process.out();
  run.err = process.err();
  return run;
}

}  // namespace modelgates::gateway
