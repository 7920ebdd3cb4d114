#include "rpc/bad_request.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "rpc/error_message.h"

namespace modelgates::gateway {
namespace {

// Names contain each other, so the longer stands before the shorter.
constexpr std::array<std::string_view, 8> kCreateFields = {
    "code_challenge_method", "usage_limit_type", "code_challenge", "callback_url",
    "workspace_id",          "expires_at",       "key_label",      "limit"};
constexpr std::array<std::string_view, 3> kExchangeFields = {"code_challenge_method",
                                                             "code_verifier", "code"};

std::span<const std::string_view> FieldsOf(Rpc rpc) {
  if (rpc == Rpc::kCreateAuthCode) return kCreateFields;
  return kExchangeFields;
}

bool TakeOut(std::string& text, std::string_view name) {
  bool found = false;
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    text.replace(at, name.size(), " ");
    found = true;
  }
  return found;
}

// `error.metadata.field`, or the only field that the message mentions; empty when there is none.
std::string_view FieldNamedBy(const ErrorBody& body, Rpc rpc) {
  const std::span<const std::string_view> fields = FieldsOf(rpc);
  if (body.metadata) {
    const auto named = body.metadata->fields().find("field");
    if (named != body.metadata->fields().end()) {
      const auto field = std::find(fields.begin(), fields.end(), named->second.string_value());
      if (field != fields.end()) return *field;
    }
  }
  std::string text = body.message;
  std::string_view mentioned;
  for (const std::string_view name : fields) {
    // "code" and "limit" are words of any message.
    if (name.find('_') == std::string_view::npos || !TakeOut(text, name)) continue;
    if (!mentioned.empty()) return {};
    mentioned = name;
  }
  return mentioned;
}

void Add(std::string_view field, std::string_view description, google::rpc::BadRequest& to) {
  auto& violation = *to.add_field_violations();
  violation.set_field(std::string(field));
  violation.set_description(std::string(description));
}

}  // namespace

std::optional<google::rpc::BadRequest> BadRequestOf(const FailedCall& failed,
                                                    const std::optional<ErrorBody>& body) {
  google::rpc::BadRequest bad_request;
  for (const Violation& violation : failed.violations) {
    Add(violation.field, violation.rule, bad_request);
  }
  if (body) {
    const std::string_view field = FieldNamedBy(*body, failed.rpc);
    if (!field.empty()) Add(field, SpokenMessage(*body, *failed.redaction), bad_request);
  }
  if (bad_request.field_violations().empty()) return std::nullopt;
  return bad_request;
}

}  // namespace modelgates::gateway
