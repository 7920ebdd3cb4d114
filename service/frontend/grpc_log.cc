#include "frontend/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>

namespace modelgates::gateway {
namespace {

std::atomic<Log*> g_log{nullptr};  // gRPC's hook takes no context

void Report(gpr_log_func_args* args) {
  Log* log = g_log.load(std::memory_order_acquire);
  if (log == nullptr || args->severity != GPR_LOG_SEVERITY_ERROR) return;
  LogLine line = log->Line(Severity::kWarning, "grpc", "gRPC reported an error");
  log->Write(line.Add("file", args->file).Add("line", args->line));
}

}  // namespace

void RouteGrpcLog(Log& log) {
  g_log.store(&log, std::memory_order_release);
  gpr_set_log_function(Report);
}

}  // namespace modelgates::gateway
