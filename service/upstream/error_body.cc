#include "upstream/error_body.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "base/json.h"
#include "upstream/lax_integer.h"
#include "upstream/media_type.h"

namespace modelgates::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kMaxLevels = 16;
constexpr size_t kMaxMetadataBytes = 4096;
constexpr size_t kBytesPerValue = 8;  // about what protobuf spends on one beside its text

// Copies JSON into a Struct until it gets too deep or too large.
class MetadataReader {
 public:
  bool fits() const { return fits_; }

  void Read(JsonValue& object, Struct& copy, int level = 1) {
    if (level > kMaxLevels) fits_ = false;
    if (!fits_) return;
    object.ForEachMember([&](std::string_view name, JsonValue& member) {
      Spend(name.size());
      Value value;
      Read(member, value, level);
      if (fits_) (*copy.mutable_fields())[std::string(name)] = std::move(value);
    });
  }

 private:
  void Spend(size_t bytes) {
    if (bytes + kBytesPerValue > left_) {
      fits_ = false;
    } else {
      left_ -= bytes + kBytesPerValue;
    }
  }

  void Read(JsonValue& json, Value& copy, int level) {
    if (!fits_) return;
    copy.set_null_value(google::protobuf::NULL_VALUE);
    switch (json.type()) {
      case JsonType::kNull:
        break;
      case JsonType::kBool:
        copy.set_bool_value(json.Bool().value_or(false));
        break;
      case JsonType::kNumber:
        ReadNumber(json.NumberToken().value_or(""), copy);
        break;
      case JsonType::kString:
        if (const auto text = json.String()) {
          Spend(text->size());
          copy.set_string_value(text->data(), text->size());
        }
        break;
      case JsonType::kArray:
        ReadArray(json, *copy.mutable_list_value(), level + 1);
        break;
      case JsonType::kObject:
        Read(json, *copy.mutable_struct_value(), level + 1);
        break;
    }
  }

  void ReadArray(JsonValue& json, google::protobuf::ListValue& copy, int level) {
    if (level > kMaxLevels) fits_ = false;
    if (!fits_) return;
    json.ForEachElement([&](JsonValue& element) {
      Spend(0);
      if (fits_) Read(element, *copy.add_values(), level);
    });
  }

  // A number that no double holds stays null: protobuf's JSON form refuses infinities.
  static void ReadNumber(std::string_view token, Value& copy) {
    double number = 0;
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), number);
    if (parsed.ec == std::errc() && std::isfinite(number)) copy.set_number_value(number);
  }

  size_t left_ = kMaxMetadataBytes;
  bool fits_ = true;
};

// What was found so far; a duplicate member replaces what the one before it said.
struct ErrorMember {
  bool has_code = false;
  bool has_message = false;
  bool metadata_mistyped = false;
};

void ReadMetadata(JsonValue& value, ErrorBody& body, ErrorMember& found) {
  body.metadata.reset();
  body.metadata_dropped = false;
  found.metadata_mistyped = !value.IsNull() && value.type() != JsonType::kObject;
  if (value.type() != JsonType::kObject) return;
  MetadataReader reader;
  Struct metadata;
  reader.Read(value, metadata);
  body.metadata_dropped = !reader.fits();
  if (reader.fits()) body.metadata = std::move(metadata);
}

void ReadError(JsonValue& value, ErrorBody& body, ErrorMember& found) {
  found = {};
  body.code.reset();
  body.message.clear();
  body.metadata.reset();
  body.metadata_dropped = false;
  value.ForEachMember([&](std::string_view name, JsonValue& member) {
    if (name == "code") {
      const LaxInteger code = ReadLaxInteger(member);
      found.has_code = code.kind != LaxInteger::Kind::kNone;
      const bool fits = code.kind == LaxInteger::Kind::kFits && std::in_range<int32_t>(code.value);
      body.code = fits ? std::optional(static_cast<int32_t>(code.value)) : std::nullopt;
    } else if (name == "message") {
      const auto message = member.String();
      found.has_message = message.has_value();
      body.message.assign(message.value_or(""));
    } else if (name == "metadata") {
      ReadMetadata(member, body, found);
    }
  });
}

}  // namespace

std::optional<ErrorBody> ParseErrorBody(const HttpResponse& response) {
  if (response.body_state != BodyState::kComplete || !IsJsonMediaType(response.content_type)) {
    return std::nullopt;
  }
  std::string text = response.body;
  DecodeToUtf8(response.content_type, text);

  ErrorBody body;
  ErrorMember error;
  bool user_id_mistyped = false;
  const auto read_member = [&](std::string_view name, JsonValue& member) {
    if (name == "error") {
      ReadError(member, body, error);
    } else if (name == "user_id") {
      body.user_id = member.String();
      user_id_mistyped = !body.user_id && !member.IsNull();
    }
  };
  const bool well_formed =
      VisitJson(text, [&](JsonValue& root) { root.ForEachMember(read_member); });
  if (!well_formed || !error.has_code || !error.has_message || error.metadata_mistyped ||
      user_id_mistyped) {
    return std::nullopt;
  }
  return body;
}

}  // namespace modelgates::gateway
