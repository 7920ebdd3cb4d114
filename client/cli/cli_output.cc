#include "cli_output.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

namespace modelgates::oauth::cli {
namespace {

using Json = nlohmann::ordered_json;

ExitStatus WriteLine(const std::string& line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
  return written ? ExitStatus::kOk : ExitStatus::kFile;
}

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json ToJson(const Error& error) {
  Json json;
  json["code"] = ToString(error.grpc_code);
  if (!error.reason_name.empty()) json["reason"] = error.reason_name;
  json["message"] = error.message;
  json["next"] = ToAdvice(error);
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

// Control characters of others may do as they please with a terminal.
std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    printable += byte < ' ' || byte == 0x7f ? ' ' : c;
  }
  return printable;
}

std::string ToText(const Error& error) {
  std::ostringstream text;
  text << "modelgates-oauth: ";
  if (!error.reason_name.empty()) text << Printable(error.reason_name) << ": ";
  text << Printable(error.message) << '\n';
  for (const FieldViolation& violation : error.field_violations) {
    text << "  " << Printable(violation.field) << ' ' << Printable(violation.description) << '\n';
  }
  for (const HelpLink& link : error.help) text << "  see: " << Printable(link.url) << '\n';
  if (error.retry_delay) text << "  wait: " << error.retry_delay->count() << " ms\n";
  text << "  next: " << ToAdvice(error) << '\n';
  if (!error.request_id.empty()) text << "  request id: " << Printable(error.request_id) << '\n';
  return text.str();
}

}  // namespace

ExitStatus Output::Result(const std::string& text, const Json& json) const {
  return WriteLine(json_ ? Dump(json) : text);
}

ExitStatus Output::Failure(const Error& error) const {
  if (json_) {
    WriteLine(Dump({{"error", ToJson(error)}}));
  } else {
    std::fputs(ToText(error).c_str(), stderr);
  }
  return ToExitStatus(error);
}

void Output::Note(const std::string& line) const {
  if (!json_) std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace modelgates::oauth::cli
