#include "cli_output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "descriptor.h"
#include "utf8_text.h"

namespace modelgates::oauth::cli {
namespace {

using Json = nlohmann::ordered_json;

ExitStatus WriteLine(const std::string& line) {
  if (WriteAll(STDOUT_FILENO, line + "\n")) return ExitStatus::kOk;
  std::fprintf(stderr, "modelgates-oauth: cannot write to stdout: %s\n", std::strerror(errno));
  return ExitStatus::kFile;
}

// ASCII only: equal for programs, and harmless on a terminal.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', true, Json::error_handler_t::replace);
}

// The lines of a result, without formatting if stdout is a pipe.
std::string ForStdout(const std::string& text) {
  if (isatty(STDOUT_FILENO) != 1) return text;
  std::string shown;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    shown += (shown.empty() ? "" : "\n") + Printable(line);
  }
  return shown;
}

Json ToJson(const Error& error, Command command) {
  Json json;
  json["code"] = ToString(error.grpc_code);
  if (!error.reason_name.empty()) json["reason"] = error.reason_name;
  json["message"] = error.message;
  json["next"] = ToAdvice(error, command);
  json["retryable"] = error.retryable;
  if (error.retry_delay) json["retry_delay_ms"] = error.retry_delay->count();
  if (error.auth_code_state != AuthCodeState::kUnspecified) {
    json["auth_code_state"] = ToString(error.auth_code_state);
  }
  for (const FieldViolation& violation : error.field_violations) {
    json["field_violations"].push_back(
        {{"field", violation.field}, {"description", violation.description}});
  }
  if (error.http_status) json["http_status"] = *error.http_status;
  if (error.attempts > 0) json["attempts"] = error.attempts;
  if (!error.upstream_message.empty()) json["upstream_message"] = error.upstream_message;
  if (!error.request_id.empty()) json["request_id"] = error.request_id;
  json["exit_status"] = static_cast<int>(ToExitStatus(error));
  return json;
}

// From a second on in whole seconds, rounded up.
std::string ToWords(std::chrono::milliseconds wait) {
  if (wait < std::chrono::seconds(1)) return std::to_string(wait.count()) + " ms";
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
}

// The message without the violations, which have lines of their own.
std::string HeadOf(const Error& error) {
  if (error.field_violations.empty()) return error.message;
  const size_t rules = error.message.find(": " + error.field_violations.front().field + ' ');
  return error.message.substr(0, rules);
}

// "--max-attempts" of "retries.max_attempts", if `flags` has it; else `field`.
std::string FlagOf(const std::string& field, const std::vector<std::string>& flags) {
  std::string flag = "--" + field.substr(field.rfind('.') + 1);
  flag = flag.substr(0, flag.find('['));
  std::replace(flag.begin(), flag.end(), '_', '-');
  return std::find(flags.begin(), flags.end(), flag) == flags.end() ? field : flag;
}

std::string ToText(const Error& error, Command command, const std::vector<std::string>& flags) {
  std::ostringstream text;
  text << "modelgates-oauth: ";
  if (!error.reason_name.empty()) text << Printable(error.reason_name) << ": ";
  text << Printable(HeadOf(error)) << '\n';
  for (const FieldViolation& violation : error.field_violations) {
    text << "  " << Printable(FlagOf(violation.field, flags)) << ' '
         << Printable(violation.description) << '\n';
  }
  for (const HelpLink& link : error.help) text << "  see: " << Printable(link.url) << '\n';
  if (error.retry_delay) text << "  wait: " << ToWords(*error.retry_delay) << '\n';
  text << "  next: " << ToAdvice(error, command) << '\n';
  if (!error.request_id.empty()) text << "  request id: " << Printable(error.request_id) << '\n';
  return text.str();
}

}  // namespace

ExitStatus Output::Result(const std::string& text, const Json& json) const {
  return WriteLine(json_ ? Dump(json) : ForStdout(text));
}

ExitStatus Output::Failure(const Error& error) const {
  if (json_) {
    WriteLine(Dump({{"error", ToJson(error, command_)}}));
  } else {
    std::fputs(ToText(error, command_, flags_).c_str(), stderr);
  }
  return ToExitStatus(error);
}

void Output::Note(const std::string& line) const {
  if (!json_) std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace modelgates::oauth::cli
