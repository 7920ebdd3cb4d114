#include "sandbox/fault_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

namespace modelgates::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRules = 10'000;
constexpr std::array kActions{FaultAction::kStatus,  FaultAction::kDelay,    FaultAction::kReset,
                              FaultAction::kClose,   FaultAction::kTruncate, FaultAction::kOversize,
                              FaultAction::kGarbage, FaultAction::kHang};

std::optional<FaultAction> ToAction(const json& value) {
  const auto found = std::find_if(kActions.begin(), kActions.end(),
                                  [&](FaultAction action) { return value == ToName(action); });
  if (found == kActions.end()) return {};
  return *found;
}

bool IsIntegerIn(const json& value, std::int64_t low, std::int64_t high) {
  return value.is_number_integer() && value.get<double>() >= static_cast<double>(low) &&
         value.get<double>() <= static_cast<double>(high);
}

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(const json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

// The sandbox itself writes the length of a body; `truncate` gives a wrong one.
bool IsFraming(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name == "content-length" || name == "transfer-encoding";
}

// Reads one member into the rule. Returns the violated rule, or null.
using Reader = const char* (*)(const json& value, FaultRule& rule);

const char* ReadMatch(const json& value, FaultRule& rule) {
  constexpr const char* kRule = "must be an object with path, starting with a slash, and code";
  if (!value.is_object()) return kRule;
  for (const auto& [name, part] : value.items()) {
    if (!part.is_string()) return kRule;
    const auto& text = part.get_ref<const std::string&>();
    if (name == "path" && text.starts_with('/')) {
      rule.path = text;
    } else if (name == "code" && !text.empty()) {
      rule.auth_code = text;
    } else {
      return kRule;
    }
  }
  return nullptr;
}

const char* ReadCount(const json& value, FaultRule& rule) {
  if (!IsIntegerIn(value, 0, 1'000'000)) return "must be an integer from 0 to 1000000";
  rule.count = value.get<unsigned>();
  return nullptr;
}

const char* ReadPercent(const json& value, FaultRule& rule) {
  if (!IsIntegerIn(value, 1, 100)) return "must be an integer from 1 to 100";
  rule.percent = value.get<unsigned>();
  return nullptr;
}

const char* ReadAfterWork(const json& value, FaultRule& rule) {
  if (!value.is_boolean()) return "must be true or false";
  rule.moment = value.get<bool>() ? FaultMoment::kAfterWork : FaultMoment::kBeforeWork;
  return nullptr;
}

const char* ReadAction(const json& value, FaultRule& rule) {
  const auto action = ToAction(value);
  if (!action) {
    return "must be status, delay, reset, close, truncate, oversize, garbage or hang";
  }
  rule.action = *action;
  return nullptr;
}

const char* ReadStatus(const json& value, FaultRule& rule) {
  if (!IsIntegerIn(value, 200, 599)) return "must be an integer from 200 to 599";
  rule.http_status = value.get<unsigned>();
  return nullptr;
}

const char* ReadHeaders(const json& value, FaultRule& rule) {
  if (!value.is_object()) return "must be an object of strings";
  for (const auto& [name, text] : value.items()) {
    if (!IsHeaderName(name) || !IsHeaderValue(text)) {
      return "must be header names with strings free of control bytes";
    }
    if (IsFraming(name)) return "must not name content-length or transfer-encoding";
    rule.headers[name] = text.get<std::string>();
  }
  return nullptr;
}

const char* ReadBody(const json& value, FaultRule& rule) {
  if (!value.is_string()) return "must be a string";
  rule.body = value.get<std::string>();
  return nullptr;
}

const char* ReadContentType(const json& value, FaultRule& rule) {
  if (!IsHeaderValue(value)) return "must be a string free of control bytes";
  rule.content_type = value.get<std::string>();
  return nullptr;
}

const char* ReadDelay(const json& value, FaultRule& rule) {
  if (!IsIntegerIn(value, 0, 600'000)) return "must be an integer from 0 to 600000";
  rule.delay = std::chrono::milliseconds{value.get<int>()};
  return nullptr;
}

enum class Meant { kAlways, kWithAnAnswer };

struct Member {
  const char* name;
  Reader read;
  Meant meant;
};

constexpr Member kMembers[] = {
    {"match", ReadMatch, Meant::kAlways},
    {"count", ReadCount, Meant::kAlways},
    {"percent", ReadPercent, Meant::kAlways},
    {"after_work", ReadAfterWork, Meant::kAlways},
    {"action", ReadAction, Meant::kAlways},
    {"delay_ms", ReadDelay, Meant::kAlways},
    {"status", ReadStatus, Meant::kWithAnAnswer},
    {"headers", ReadHeaders, Meant::kWithAnAnswer},
    {"body", ReadBody, Meant::kWithAnAnswer},
    {"content_type", ReadContentType, Meant::kWithAnAnswer},
};

std::variant<FaultRule, Violation> ParseRule(const json& object) {
  if (!object.is_object()) return Violation{"", "must be a JSON object"};
  if (!object.contains("action")) return Violation{"action", "is required"};
  FaultRule rule;
  if (const char* broken = ReadAction(object["action"], rule)) return Violation{"action", broken};
  for (const auto& [name, value] : object.items()) {
    const auto* member =
        std::find_if(std::begin(kMembers), std::end(kMembers),
                     [&name = name](const Member& candidate) { return name == candidate.name; });
    if (member == std::end(kMembers)) return Violation{name, "is not known here"};
    if (member->meant == Meant::kWithAnAnswer && !ShapesAnAnswer(rule.action)) {
      return Violation{name,
                       "means nothing with this action, only with status, truncate, oversize"};
    }
    if (const char* broken = member->read(value, rule)) return Violation{name, broken};
  }
  if (rule.action == FaultAction::kDelay && !object.contains("delay_ms")) {
    return Violation{"delay_ms", "is required with action delay"};
  }
  if (rule.action == FaultAction::kOversize && rule.body) {
    return Violation{"body", "means nothing with action oversize, which brings its own"};
  }
  return rule;
}

}  // namespace

std::variant<std::vector<FaultRule>, Violation> ParseFaultScript(std::string_view text) {
  const json script = json::parse(text, nullptr, false);
  if (script.is_discarded()) return Violation{"", "the body must be JSON"};
  if (script.size() > kMaxRules) return Violation{"", "the body must hold at most 10000 faults"};
  std::vector<FaultRule> rules;
  if (!script.is_array()) {
    if (!script.is_object()) return Violation{"", "the body must be an object or an array of them"};
    auto parsed = ParseRule(script);
    if (auto* violation = std::get_if<Violation>(&parsed)) return std::move(*violation);
    rules.push_back(std::get<FaultRule>(std::move(parsed)));
    return rules;
  }
  for (std::size_t i = 0; i < script.size(); ++i) {
    auto parsed = ParseRule(script[i]);
    if (auto* violation = std::get_if<Violation>(&parsed)) {
      const char* dot = violation->field.empty() ? "" : ".";
      return Violation{fmt::format("[{}]{}{}", i, dot, violation->field), violation->rule};
    }
    rules.push_back(std::get<FaultRule>(std::move(parsed)));
  }
  return rules;
}

}  // namespace modelgates::sandbox
