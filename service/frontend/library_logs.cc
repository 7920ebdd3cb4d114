#include "frontend/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <string>
#include <string_view>

namespace modelgates::gateway {
namespace {

std::atomic<Log*> g_log{nullptr};  // global, because the libraries' hooks take no context

// gRPC writes up to two lines for each failed TLS handshake and each invalid TLS record of a peer.
// PortLog counts failed handshakes and logs the cause.
bool IsOfTlsPeers(std::string_view file) { return file.ends_with("/ssl_transport_security.cc"); }

void ReportGrpc(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR || IsOfTlsPeers(args->file)) return;
  Log& log = *g_log.load(std::memory_order_acquire);
  LogLine line = log.Line(Severity::kWarning, "grpc", "gRPC reported an error");
  log.Write(line.Add("file", args->file).Add("line", args->line));
}

void ReportProtobuf(google::protobuf::LogLevel level, const char* file, int line_number,
                    const std::string& /*text*/) {
  Log& log = *g_log.load(std::memory_order_acquire);
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  LogLine line = log.Line(fatal ? Severity::kError : Severity::kDebug, "protobuf",
                          "protobuf reported an error");
  log.Write(line.Add("file", file).Add("line", line_number));
}

}  // namespace

void RouteLibraryLogs(Log& log) {
  g_log.store(&log, std::memory_order_release);
  gpr_set_log_function(ReportGrpc);
  google::protobuf::SetLogHandler(ReportProtobuf);
}

}  // namespace modelgates::gateway
