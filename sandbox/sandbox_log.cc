#include "sandbox/sandbox_log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sandbox/utc_time.h"

namespace modelgates::sandbox {
namespace {

using Line = nlohmann::ordered_json;

Line MakeLine(const CodeBook::Clock& clock, spdlog::level::level_enum level,
              std::string_view event) {
  const UtcTime now = std::chrono::floor<std::chrono::microseconds>(clock());
  return {{"timestamp", FormatUtc(now, Fraction::kMicroseconds)},
          {"severity", level == spdlog::level::err ? "ERROR" : "INFO"},
          {"event", event}};
}

void AddRequest(Line& line, const RequestLine& request) {
  line["method"] = request.method;
  line["path"] = request.path;
  line["request_id"] = request.request_id;
  if (!request.auth_code_fp.empty()) line["auth_code_fp"] = request.auth_code_fp;
}

void Write(spdlog::logger& logger, spdlog::level::level_enum level, const Line& line) {
  logger.log(level, line.dump(-1, ' ', false, Line::error_handler_t::replace));
}

}  // namespace

SandboxLog::SandboxLog(std::shared_ptr<spdlog::logger> logger, CodeBook::Clock clock)
    : logger_(std::move(logger)), clock_(std::move(clock)) {}

void SandboxLog::Request(const RequestLine& request) {
  if (!logger_) return;
  Line line = MakeLine(clock_, spdlog::level::info, "request");
  AddRequest(line, request);
  if (request.http_status) line["http_status"] = *request.http_status;
  line["duration_ms"] = static_cast<double>(request.duration.count()) / 1000.0;
  Write(*logger_, spdlog::level::info, line);
}

void SandboxLog::Fault(const RequestLine& request, std::string_view action, bool after_work) {
  if (!logger_) return;
  Line line = MakeLine(clock_, spdlog::level::info, "fault");
  AddRequest(line, request);
  line["action"] = action;
  line["after_work"] = after_work;
  Write(*logger_, spdlog::level::info, line);
}

void SandboxLog::Listening(std::string_view address) {
  if (!logger_) return;
  Line line = MakeLine(clock_, spdlog::level::info, "listening");
  line["address"] = address;
  Write(*logger_, spdlog::level::info, line);
}

void SandboxLog::Stopped() {
  if (!logger_) return;
  Write(*logger_, spdlog::level::info, MakeLine(clock_, spdlog::level::info, "stopped"));
}

void SandboxLog::SessionFailed(std::string_view what) {
  if (!logger_) return;
  Line line = MakeLine(clock_, spdlog::level::err, "session_failed");
  line["message"] = what;
  Write(*logger_, spdlog::level::err, line);
}

std::shared_ptr<spdlog::logger> MakeStdoutLogger() {
  auto sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("oauth-sandbox", std::move(sink));
  logger->set_pattern("%v");
  return logger;
}

}  // namespace modelgates::sandbox
