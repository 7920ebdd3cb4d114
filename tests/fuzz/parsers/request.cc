#include <google/protobuf/stubs/logging.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <nlohmann/json.hpp>
#include <set>

#include "config/config.h"
#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "request/validation.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = oauth::v1;
using nlohmann::json;

std::string HeadersBrokenBy(std::string_view headers) {
  std::set<std::string> names;
  while (!headers.empty()) {
    const size_t end = headers.find("\r\n");
    if (end == headers.npos) return "a field line does not end";
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end + 2);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos) return "a field is split";
    const size_t colon = line.find(": ");
    if (colon == line.npos) return "a field line without a name";
    if (!names.insert(std::string(line.substr(0, colon))).second) return "a field is there twice";
  }
  return {};
}

std::string TextBrokenBy(const json& body, const char* name, bool is_set, const std::string& text) {
  if (!is_set) return body.contains(name) ? "a field appears from nowhere" : "";
  return body.contains(name) && body[name] == text ? ""
                                                   : std::string(name) + " is not what was sent";
}

// Of any message: its body is JSON, and its texts are in it.
std::string CreateBrokenBy(const v1::CreateAuthCodeRequest& request) {
  const HttpRequest http = ToHttpRequest(request, {}, Secret(std::string("sk-bearer")));
  if (std::string broken = HeadersBrokenBy(http.headers()); !broken.empty()) return broken;
  const json body = json::parse(http.body(), nullptr, false);
  if (!body.is_object()) return "the body is no JSON object";
  if (body.value("callback_url", "") != request.callback_url()) return "another callback_url";
  return TextBrokenBy(body, "key_label", request.has_key_label(), request.key_label());
}

std::string ExchangeBrokenBy(const v1::ExchangeAuthCodeRequest& request) {
  const HttpRequest http = ToHttpRequest(request, {}, Secret(std::string("sk-bearer")));
  if (std::string broken = HeadersBrokenBy(http.headers()); !broken.empty()) return broken;
  const json body = json::parse(http.body(), nullptr, false);
  if (!body.is_object()) return "the body is no JSON object";
  if (body.value("code", "") != request.code()) return "another code";
  return TextBrokenBy(body, "code_verifier", request.has_code_verifier(), request.code_verifier());
}

template <typename Request>
std::string ViolationsBrokenBy(const Request& request) {
  for (const Violation& violation : Validate(request, Config())) {
    if (violation.field.empty() || violation.rule.empty())
      return "a violation without field or rule";
  }
  return {};
}

}  // namespace

std::string RequestBrokenBy(std::string_view bytes) {
  const google::protobuf::LogSilencer no_words_about_utf8;
  Input input(bytes);
  const bool creates = input.Below(2) == 0;
  const std::string_view rest = input.Rest();
  if (creates) {
    v1::CreateAuthCodeRequest request;
    if (!request.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return {};
    if (std::string broken = ViolationsBrokenBy(request); !broken.empty()) return broken;
    return CreateBrokenBy(request);
  }
  v1::ExchangeAuthCodeRequest request;
  if (!request.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return {};
  if (std::string broken = ViolationsBrokenBy(request); !broken.empty()) return broken;
  return ExchangeBrokenBy(request);
}

}  // namespace modelgates::gateway
