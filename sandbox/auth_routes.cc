#include "sandbox/auth_routes.h"

#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "sandbox/request_rules.h"
#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;
using nlohmann::json;

boost::beast::string_view ToBoost(std::string_view text) { return {text.data(), text.size()}; }

bool IsJson(const HttpRequest& request) {
  std::string_view type = HeaderOf(request, http::field::content_type);
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return iequals(ToBoost(type), "application/json");
}

HttpResponse WrongContentType() {
  return ErrorAnswer(415, "content-type must be application/json");
}

}  // namespace

AuthRoutes::AuthRoutes(const SandboxOptions& options, CodeBook& codes, SandboxStats& stats)
    : base_path_(options.base_path),
      api_key_(options.api_key),
      clock_(options.clock),
      user_id_(RandomName("user_", 12)),
      codes_(codes),
      stats_(stats) {}

void AuthRoutes::AddTo(RouteTable& routes) {
  const auto add = [&](std::string label, Answer (AuthRoutes::*answer)(const HttpRequest&)) {
    routes.Add({http::verb::post, base_path_ + label, std::move(label), RouteKind::kApi,
                [this, answer](const HttpRequest& request) { return (this->*answer)(request); }});
  };
  add("/auth/keys/code", &AuthRoutes::Create);
  add("/auth/keys", &AuthRoutes::Exchange);
}

bool AuthRoutes::HasKey(const HttpRequest& request) const {
  constexpr std::string_view kScheme = "Bearer ";
  if (api_key_.empty()) return true;
  if (request.count(http::field::authorization) != 1) return false;
  const std::string_view value = HeaderOf(request, http::field::authorization);
  return iequals(ToBoost(value.substr(0, kScheme.size())), ToBoost(kScheme)) &&
         SameSecret(value.substr(kScheme.size()), api_key_);
}

Answer AuthRoutes::Create(const HttpRequest& request) {
  if (!IsJson(request)) return {WrongContentType(), {}};
  if (!HasKey(request)) {
    HttpResponse refusal = ErrorAnswer(401, "a valid API key is required as bearer");
    refusal.set(http::field::www_authenticate, "Bearer");
    return {std::move(refusal), {}};
  }
  const UtcTime now = std::chrono::floor<std::chrono::microseconds>(clock_());
  auto checked = ValidateCreate(json::parse(request.body(), nullptr, false), now);
  if (const auto* violation = std::get_if<Violation>(&checked)) {
    return {ViolationAnswer(*violation), {}};
  }
  auto& create = std::get<CreateRequest>(checked);
  // Not field::referer: the API's header is spelt HTTP-Referer.
  const auto referer = request["HTTP-Referer"];
  const std::string app =
      referer.empty() ? create.callback_origin : std::string(referer.data(), referer.size());
  CodeBook::Created created = codes_.Create(std::move(create.challenge));
  stats_.CountCreated();
  return {
      JsonAnswer(200, {{"data",
                        {{"id", created.auth_code},
                         {"app_id", StableNumber(app)},
                         {"created_at", FormatUtc(created.created_at, Fraction::kMilliseconds)}}}}),
      std::move(created.auth_code)};
}

Answer AuthRoutes::Exchange(const HttpRequest& request) {
  if (!IsJson(request)) return {WrongContentType(), {}};
  const auto checked = ValidateExchange(json::parse(request.body(), nullptr, false));
  if (const auto* violation = std::get_if<Violation>(&checked)) {
    return {ViolationAnswer(*violation), {}};
  }
  const auto& exchange = std::get<ExchangeRequest>(checked);
  const ExchangeResult result = codes_.Exchange(exchange);
  stats_.CountExchange(result);
  if (result.verdict != Verdict::kIssued) {
    return {ErrorAnswer(403, "Invalid code or code_verifier"), exchange.auth_code};
  }
  return {JsonAnswer(200, {{"key", result.key}, {"user_id", user_id_}}), exchange.auth_code};
}

std::string AuthCodeIn(const HttpRequest& request) {
  const json body = json::parse(request.body(), nullptr, false);
  if (!body.is_object()) return {};
  const auto member = body.find("code");
  return member != body.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace modelgates::sandbox
