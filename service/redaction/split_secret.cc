#include "redaction/split_secret.h"

#include <fmt/format.h>

#include <map>
#include <string>

namespace modelgates::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// More than is shown of one text; all together less than Redaction::kMaxBytes.
constexpr size_t kMaxTextBytes = 4096;

class Texts {
 public:
  explicit Texts(const Redaction& redaction) : redaction_(redaction) {}

  void AddValue(std::string_view text) { Add(redaction_.Apply(text.substr(0, kMaxTextBytes))); }
  void AddValue(const Value& value) {
    if (value.has_string_value()) AddValue(value.string_value());
    // Numbers are not redacted one by one, and a code may consist of digits.
    if (value.has_number_value()) Add(fmt::format("{}", value.number_value()));
    if (value.has_struct_value()) AddMembers(value.struct_value());
    for (const Value& item : value.list_value().values()) AddValue(item);
  }
  void AddMembers(const Struct& members) {
    std::map<std::string_view, const Value*> sorted;
    for (const auto& [name, value] : members.fields()) sorted.emplace(name, &value);
    for (const auto& [name, value] : sorted) {
      const std::string shown = redaction_.Apply(name);
      names_ += shown;
      all_ += shown;
      AddValue(*value);
    }
  }
  bool RepeatSecret() const {
    return redaction_.RepeatsSecret(values_) || redaction_.RepeatsSecret(names_) ||
           redaction_.RepeatsSecret(all_);
  }

 private:
  void Add(const std::string& shown) {
    values_ += shown;
    all_ += shown;
  }

  const Redaction& redaction_;
  std::string values_;
  std::string names_;
  std::string all_;
};

}  // namespace

bool HasSplitSecret(const ErrorBody& body, const Redaction& redaction) {
  if (!body.metadata && !body.user_id) return false;
  Texts texts(redaction);
  texts.AddValue(body.message);
  if (body.metadata) texts.AddMembers(*body.metadata);
  if (body.user_id) texts.AddValue(*body.user_id);
  return texts.RepeatSecret();
}

}  // namespace modelgates::gateway
