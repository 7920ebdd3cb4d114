#include "sandbox/http_answer.h"

#include <fmt/format.h>

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

std::string_view ToStd(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HttpResponse JsonAnswer(unsigned http_status, const json& body) {
  HttpResponse response;
  response.result(http_status);
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.body() = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

HttpResponse ErrorAnswer(unsigned http_status, std::string_view message, std::string_view field) {
  json error{{"code", http_status}, {"message", message}};
  if (!field.empty()) error["metadata"] = {{"field", field}};
  return JsonAnswer(http_status, {{"error", std::move(error)}, {"user_id", nullptr}});
}

HttpResponse ViolationAnswer(const Violation& violation) {
  if (violation.field.empty()) return ErrorAnswer(400, violation.rule);
  return ErrorAnswer(400, fmt::format("{} {}", violation.field, violation.rule), violation.field);
}

std::string_view HeaderOf(const HttpRequest& request, http::field name) {
  return ToStd(request[name]);
}

std::string_view PathOf(const HttpRequest& request) {
  std::string_view target = ToStd(request.target());
  if (!target.starts_with('/')) {
    const std::size_t authority = target.find("://");
    const std::size_t path =
        authority == std::string_view::npos ? authority : target.find('/', authority + 3);
    if (path == std::string_view::npos) return target;
    target.remove_prefix(path);
  }
  return target.substr(0, target.find('?'));
}

}  // namespace modelgates::sandbox
