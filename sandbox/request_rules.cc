#include "sandbox/request_rules.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "sandbox/callback_origin.h"

namespace modelgates::sandbox {
namespace {

using nlohmann::json;

enum class Need { kRequired, kOptional };

struct FieldRule {
  const char* field;
  Need need;
  bool (*holds)(const json& value, UtcTime now);
  const char* rule;
};

std::string_view Text(const json& value) { return value.get_ref<const std::string&>(); }

std::optional<ChallengeMethod> ToMethod(const json& value) {
  if (value == "S256") return ChallengeMethod::kS256;
  if (value == "plain") return ChallengeMethod::kPlain;
  return {};
}

bool IsCallback(const json& value, UtcTime) {
  return value.is_string() && AllowedCallbackOrigin(Text(value)).has_value();
}

bool IsPkce(const json& value, UtcTime) { return value.is_string() && IsPkceText(Text(value)); }

bool IsMethod(const json& value, UtcTime) { return ToMethod(value).has_value(); }

bool IsMethodOrNull(const json& value, UtcTime) {
  return value.is_null() || ToMethod(value).has_value();
}

bool IsFutureOrNull(const json& value, UtcTime now) {
  if (value.is_null()) return true;
  const auto time = value.is_string() ? ParseUtc(Text(value)) : std::nullopt;
  return time && *time > now;
}

bool IsLabel(const json& value, UtcTime) {
  if (!value.is_string() || Text(value).empty()) return false;
  const auto characters = std::count_if(Text(value).begin(), Text(value).end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // not a UTF-8 continuation byte
  });
  return characters <= 100;
}

bool IsLimit(const json& value, UtcTime) {
  return value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() >= 0;
}

bool IsPeriod(const json& value, UtcTime) {
  return value == "daily" || value == "weekly" || value == "monthly";
}

bool IsString(const json& value, UtcTime) { return value.is_string(); }

bool IsNonEmpty(const json& value, UtcTime) { return value.is_string() && !Text(value).empty(); }

constexpr const char* kPkceRule = "must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~";

constexpr FieldRule kCreateRules[] = {
    {"callback_url", Need::kRequired, IsCallback,
     "must be a URL with https on port 443 or 3000, or with http or https on localhost, 127.0.0.1 "
     "or "
     "[::1]"},
    {"code_challenge", Need::kOptional, IsPkce, kPkceRule},
    {"code_challenge_method", Need::kOptional, IsMethod, "must be S256 or plain"},
    {"expires_at", Need::kOptional, IsFutureOrNull,
     "must be a time in the future in ISO 8601, in UTC with seconds and a final Z, or null"},
    {"key_label", Need::kOptional, IsLabel, "must be a string of 1 to 100 characters"},
    {"limit", Need::kOptional, IsLimit, "must be a number of at least 0"},
    {"usage_limit_type", Need::kOptional, IsPeriod, "must be daily, weekly or monthly"},
    {"workspace_id", Need::kOptional, IsString, "must be a string"},
};

constexpr FieldRule kExchangeRules[] = {
    {"code", Need::kRequired, IsNonEmpty, "must be a string that is not empty"},
    {"code_challenge_method", Need::kOptional, IsMethodOrNull, "must be S256, plain or null"},
    {"code_verifier", Need::kOptional, IsPkce, kPkceRule},
};

std::optional<Violation> FirstViolation(const json& body, std::span<const FieldRule> rules,
                                        UtcTime now) {
  if (!body.is_object()) return Violation{"", "the body must be a JSON object"};
  for (const FieldRule& rule : rules) {
    const auto member = body.find(rule.field);
    if (member == body.end()) {
      if (rule.need == Need::kRequired) return Violation{rule.field, "is required"};
    } else if (!rule.holds(*member, now)) {
      return Violation{rule.field, rule.rule};
    }
  }
  return {};
}

}  // namespace

bool IsPkceText(std::string_view text) {
  const auto unreserved = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  return text.size() >= 43 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), unreserved);
}

std::variant<CreateRequest, Violation> ValidateCreate(const json& body, UtcTime now) {
  if (auto violation = FirstViolation(body, kCreateRules, now)) return *std::move(violation);
  const auto challenge = body.find("code_challenge");
  const auto method = body.find("code_challenge_method");
  if (method != body.end() && challenge == body.end()) {
    return Violation{"code_challenge_method", "must not be given without code_challenge"};
  }
  CreateRequest request{*AllowedCallbackOrigin(Text(body["callback_url"])), {}};
  if (challenge != body.end()) {
    request.challenge = Challenge{challenge->get<std::string>()};
    if (method != body.end()) request.challenge->method = *ToMethod(*method);
  }
  return request;
}

std::variant<ExchangeRequest, Violation> ValidateExchange(const json& body) {
  if (auto violation = FirstViolation(body, kExchangeRules, UtcTime{}))
    return *std::move(violation);
  ExchangeRequest request{body["code"].get<std::string>(), {}, {}};
  if (const auto verifier = body.find("code_verifier"); verifier != body.end()) {
    request.verifier = verifier->get<std::string>();
  }
  if (const auto method = body.find("code_challenge_method"); method != body.end()) {
    request.method = ToMethod(*method);
  }
  return request;
}

}  // namespace modelgates::sandbox
