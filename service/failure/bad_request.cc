#include "failure/bad_request.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "failure/error_words.h"

namespace modelgates::gateway {
namespace {

// Some names contain others, so longer names come first.
constexpr std::array<std::string_view, 8> kCreateFields = {
    "code_challenge_method", "usage_limit_type", "code_challenge", "callback_url",
    "workspace_id",          "expires_at",       "key_label",      "limit"};
constexpr std::array<std::string_view, 3> kExchangeFields = {"code_challenge_method",
                                                             "code_verifier", "code"};

// The searched part of a message; longer than the part that is shown.
constexpr size_t kMaxSearchedBytes = 4096;

std::span<const std::string_view> FieldsOf(Rpc rpc) {
  if (rpc == Rpc::kCreateAuthCode) return kCreateFields;
  return kExchangeFields;
}

// The only one of `fields` that `text` mentions; empty when there is none or more than one.
std::string_view OnlyFieldIn(std::string_view text, std::span<const std::string_view> fields) {
  std::string_view mentioned;
  while (!text.empty()) {
    const auto name = std::find_if(fields.begin(), fields.end(), [text](std::string_view field) {
      return text.starts_with(field);
    });
    if (name == fields.end()) {
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(name->size());
    // "code" and "limit" are ordinary words.
    if (name->find('_') == std::string_view::npos || *name == mentioned) continue;
    if (!mentioned.empty()) return {};
    mentioned = *name;
  }
  return mentioned;
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
  return OnlyFieldIn(std::string_view(body.message).substr(0, kMaxSearchedBytes), fields);
}

void Add(std::string_view field, std::string_view description, google::rpc::BadRequest& to) {
  auto& violation = *to.add_field_violations();
  violation.set_field(std::string(field));
  violation.set_description(std::string(description));
}

}  // namespace

std::optional<google::rpc::BadRequest> BadRequestOf(const FailedCall& failed,
                                                    const std::optional<ErrorBody>& body,
                                                    const Redaction& redaction) {
  google::rpc::BadRequest bad_request;
  for (const Violation& violation : failed.violations) {
    Add(violation.field, violation.rule, bad_request);
  }
  if (body) {
    const std::string_view field = FieldNamedBy(*body, failed.rpc);
    if (!field.empty()) Add(field, UpstreamMessage(*body, redaction), bad_request);
  }
  if (bad_request.field_violations().empty()) return std::nullopt;
  return bad_request;
}

}  // namespace modelgates::gateway
