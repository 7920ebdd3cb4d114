#include "upstream/error_body.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "base/json_reader.h"
#include "upstream/lax_integer.h"
#include "upstream/media_type.h"

namespace modelgates::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kMaxLevels = 16;
constexpr size_t kMaxMetadataBytes = 4096;
constexpr size_t kBytesPerValue = 8;  // roughly protobuf's memory for one, without its text

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

  // A number outside the range of double stays null, because protobuf's JSON has no infinity.
  static void ReadNumber(std::string_view token, Value& copy) {
    double number = 0;
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), number);
    if (parsed.ec == std::errc() && std::isfinite(number)) copy.set_number_value(number);
  }

  size_t left_ = kMaxMetadataBytes;
  bool fits_ = true;
};

// Reads the members of an answer; a duplicate member replaces the earlier one.
class AnswerReader {
 public:
  void Read(std::string_view name, JsonValue& value) {
    if (name == "error") {
      ReadError(value);
    } else if (name == "user_id") {
      body_.user_id = value.String();
      user_id_mistyped_ = !body_.user_id && !value.IsNull();
    } else if (name == "error_description") {
      description_ = TextOf(value);
    } else if (name == "detail") {
      detail_ = TextOf(value);
    } else if (name == "message") {
      message_ = TextOf(value);
    } else if (name == "title") {
      title_ = TextOf(value);
    }
  }

  ErrorBody Finish(bool is_json_media_type) {
    body_.typed = is_json_media_type && has_code_ && has_message_ && !metadata_mistyped_ &&
                  !user_id_mistyped_;
    if (!error_text_.empty() && !description_.empty()) error_text_ += ": " + description_;
    for (std::string* text : {&error_message_, &error_text_, &code_word_, &description_, &detail_,
                              &message_, &title_}) {
      if (body_.message.empty()) body_.message = std::move(*text);
    }
    return std::move(body_);
  }

 private:
  static std::string TextOf(JsonValue& value) { return std::string(value.String().value_or("")); }

  void ReadError(JsonValue& value) {
    body_.code.reset();
    body_.metadata.reset();
    body_.metadata_dropped = false;
    has_code_ = has_message_ = metadata_mistyped_ = false;
    error_message_.clear();
    code_word_.clear();
    error_text_ = TextOf(value);
    body_.from_api = value.type() == JsonType::kObject || !error_text_.empty();
    value.ForEachMember([&](std::string_view name, JsonValue& member) {
      if (name == "code") {
        ReadCode(member);
      } else if (name == "message") {
        has_message_ = member.String().has_value();
        error_message_ = TextOf(member);
      } else if (name == "metadata") {
        ReadMetadata(member);
      }
    });
  }

  void ReadCode(JsonValue& value) {
    const LaxInteger code = ReadLaxInteger(value);
    has_code_ = code.kind != LaxInteger::Kind::kNone;
    const bool fits = code.kind == LaxInteger::Kind::kFits && std::in_range<int32_t>(code.value);
    body_.code = fits ? std::optional(static_cast<int32_t>(code.value)) : std::nullopt;
    code_word_ = has_code_ ? "" : TextOf(value);
  }

  void ReadMetadata(JsonValue& value) {
    body_.metadata.reset();
    body_.metadata_dropped = false;
    metadata_mistyped_ = !value.IsNull() && value.type() != JsonType::kObject;
    if (value.type() != JsonType::kObject) return;
    MetadataReader reader;
    Struct metadata;
    reader.Read(value, metadata);
    body_.metadata_dropped = !reader.fits();
    if (reader.fits()) body_.metadata = std::move(metadata);
  }

  ErrorBody body_;
  bool has_code_ = false;
  bool has_message_ = false;
  bool metadata_mistyped_ = false;
  bool user_id_mistyped_ = false;
  std::string error_message_;
  std::string code_word_;
  std::string error_text_;
  std::string description_;
  std::string detail_;
  std::string message_;
  std::string title_;
};

}  // namespace

std::optional<ErrorBody> ParseErrorBody(const HttpResponse& response) {
  if (response.body_state != BodyState::kComplete || response.body.empty()) return std::nullopt;
  std::string text = response.body;
  DecodeToUtf8(response.content_type, text);

  AnswerReader reader;
  bool is_object = false;
  const bool well_formed = VisitJson(text, [&](JsonValue& root) {
    is_object = root.ForEachMember(
        [&](std::string_view name, JsonValue& member) { reader.Read(name, member); });
  });
  if (!well_formed || !is_object) return std::nullopt;
  return reader.Finish(IsJsonMediaType(response.content_type));
}

}  // namespace modelgates::gateway
