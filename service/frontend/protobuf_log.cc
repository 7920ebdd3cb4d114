#include "frontend/protobuf_log.h"

#include <google/protobuf/stubs/logging.h>

#include <atomic>
#include <string>

namespace modelgates::gateway {
namespace {

std::atomic<Log*> g_log{nullptr};  // protobuf's hook takes no context

void Report(google::protobuf::LogLevel level, const char* file, int line_number,
            const std::string& /*text*/) {
  Log* log = g_log.load(std::memory_order_acquire);
  if (log == nullptr) return;
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  LogLine line = log->Line(fatal ? Severity::kError : Severity::kDebug, "protobuf",
                           "protobuf reported an error");
  log->Write(line.Add("file", file).Add("line", line_number));
}

}  // namespace

void RouteProtobufLog(Log& log) {
  g_log.store(&log, std::memory_order_release);
  google::protobuf::SetLogHandler(Report);
}

}  // namespace modelgates::gateway
