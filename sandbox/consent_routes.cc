#include "sandbox/consent_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "sandbox/consent_page.h"
#include "sandbox/form_fields.h"
#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

constexpr const char* kPath = "/auth";
constexpr std::size_t kMaxPending = 10'000;
constexpr std::size_t kMaxCallbackBytes = 2'048;
constexpr const char* kWrongLink = "This link does not work";

std::string_view QueryOf(const HttpRequest& request) {
  const std::string_view target{request.target().data(), request.target().size()};
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? "" : target.substr(mark + 1);
}

// The body of an equivalent create, so that the same rules apply.
json ToCreateBody(const std::map<std::string, std::string>& fields) {
  json body = json::object();
  for (const char* name : {"callback_url", "code_challenge", "code_challenge_method"}) {
    if (const auto field = fields.find(name); field != fields.end()) body[name] = field->second;
  }
  if (const auto limit = fields.find("limit"); limit != fields.end()) {
    const std::string& text = limit->second;
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() &&
                       std::isfinite(number);
    // A text violates the rule of `limit`, which reports it.
    body["limit"] = whole ? json(number) : json(text);
  }
  return body;
}

// Each page has its own cookie, so that two open pages do not replace each other's.
std::string CookieName(std::string_view token) {
  return "consent_" + std::string(token.substr(0, 8)) + "=";
}

std::string CookieOf(const HttpRequest& request, std::string_view token) {
  const std::string name = CookieName(token);
  const std::string_view cookies = HeaderOf(request, http::field::cookie);
  const std::size_t begin = cookies.find(name);
  if (begin == std::string_view::npos) return "";
  const std::string_view value = cookies.substr(begin + name.size());
  return std::string(value.substr(0, value.find(';')));
}

HttpResponse GoBack(const std::string& callback_url, const std::string& addition) {
  HttpResponse response;
  response.result(http::status::see_other);
  const bool has_query = callback_url.find('?') != std::string::npos;
  response.set(http::field::location, callback_url + (has_query ? "&" : "?") + addition);
  response.set(http::field::cache_control, "no-store");
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace

ConsentRoutes::ConsentRoutes(const SandboxOptions& options, CodeBook& codes, SandboxStats& stats)
    : clock_(options.clock), ttl_(options.code_ttl), codes_(codes), stats_(stats) {}

void ConsentRoutes::AddTo(RouteTable& routes) {
  routes.Add({http::verb::get, kPath, kPath, RouteKind::kApi,
              [this](const HttpRequest& request) { return Show(request); }});
  routes.Add({http::verb::post, kPath, kPath, RouteKind::kApi,
              [this](const HttpRequest& request) { return Decide(request); }});
}

UtcTime ConsentRoutes::Now() const {
  return std::chrono::floor<std::chrono::microseconds>(clock_());
}

std::string ConsentRoutes::Keep(Pending pending) {
  if (oldest_first_.size() == kMaxPending) {
    pending_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  std::string token = RandomName("", 32);
  pending_.emplace(token, std::move(pending));
  oldest_first_.push_back(token);
  return token;
}

Answer ConsentRoutes::Show(const HttpRequest& request) {
  const auto fields = ParseFormFields(QueryOf(request));
  if (!fields) return {RefusalPage(400, kWrongLink, "Its query cannot be read."), {}};
  const json body = ToCreateBody(*fields);
  auto checked = ValidateCreate(body, Now());
  if (const auto* violation = std::get_if<Violation>(&checked)) {
    return {RefusalPage(400, kWrongLink, violation->field + " " + violation->rule + "."), {}};
  }
  const std::string& callback_url = fields->at("callback_url");
  // Appended parameters would become part of the fragment (RFC 6749, 3.1.2).
  if (callback_url.find('#') != std::string::npos || callback_url.size() > kMaxCallbackBytes) {
    return {RefusalPage(400, kWrongLink,
                        "callback_url must be at most 2,048 bytes, without a fragment."),
            {}};
  }
  auto& create = std::get<CreateRequest>(checked);
  ConsentQuestion question;
  question.app = create.callback_origin;
  if (body.contains("limit")) question.limit = body["limit"].get<double>();
  const std::string cookie = RandomName("", 32);
  question.token = Keep({callback_url, std::move(create), cookie, Now() + ttl_, "", ""});
  HttpResponse page = ConsentPage(question);
  page.set(http::field::set_cookie,
           fmt::format("{}{}; HttpOnly; SameSite=Strict; Path={}; Max-Age={}",
                       CookieName(question.token), cookie, kPath,
                       std::chrono::ceil<std::chrono::seconds>(ttl_).count()));
  return {std::move(page), {}};
}

Answer ConsentRoutes::Decide(const HttpRequest& request) {
  const auto refusal = [] {
    return Answer{
        RefusalPage(403, "This request is closed", "It was answered before, or is too old."), {}};
  };
  const auto fields = ParseFormFields(request.body());
  if (!fields || !fields->contains("token") || !fields->contains("decision")) return refusal();
  const std::string& decision = fields->at("decision");
  if (decision != "approve" && decision != "deny") return refusal();
  const std::string& token = fields->at("token");
  const auto found = pending_.find(token);
  if (found == pending_.end() || !SameSecret(CookieOf(request, token), found->second.cookie) ||
      found->second.expires_at <= Now()) {
    return refusal();
  }
  Pending& pending = found->second;
  // A double click sends the form twice, and browsers follow the second answer only.
  const bool again = !pending.decision.empty();
  if (again && pending.decision != decision) return refusal();
  pending.decision = decision;
  if (decision == "deny") return {GoBack(pending.callback_url, "error=access_denied"), {}};
  if (!again) {
    pending.auth_code = codes_.Create(std::move(pending.request.challenge)).auth_code;
    stats_.CountCreated();
  }
  // The code is made by the sandbox and needs no escapes.
  return {GoBack(pending.callback_url, "code=" + pending.auth_code), pending.auth_code};
}

}  // namespace modelgates::sandbox
