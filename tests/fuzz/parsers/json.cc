#include <nlohmann/json.hpp>

#include "base/json_grammar.h"
#include "base/json_reader.h"
#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {
namespace {

void ReadAll(JsonValue& value) {
  switch (value.type()) {
    case JsonType::kObject:
      value.ForEachMember([](std::string_view, JsonValue& member) { ReadAll(member); });
      return;
    case JsonType::kArray:
      value.ForEachElement([](JsonValue& element) { ReadAll(element); });
      return;
    case JsonType::kString:
      value.String();
      return;
    case JsonType::kNumber:
      value.NumberToken();
      return;
    case JsonType::kBool:
      value.Bool();
      return;
    case JsonType::kNull:
      return;
  }
}

}  // namespace

std::string JsonBrokenBy(std::string_view bytes) {
  std::string text(bytes);
  std::optional<std::string> string;
  const bool read = VisitJson(text, [&string](JsonValue& root) {
    if (root.type() == JsonType::kString) {
      if (const auto found = root.String()) string = std::string(*found);
    } else {
      ReadAll(root);
    }
  });
  const auto theirs = nlohmann::json::parse(bytes, nullptr, false);
  // Their parser takes NUL for the end of the text.
  const bool has_nul = bytes.find('\0') != bytes.npos;
  if (!theirs.is_discarded() && !has_nul && !read) return "well-formed JSON is refused";
  const bool has_mark = bytes.starts_with("\xef\xbb\xbf");
  if (!has_mark && read != IsJsonText(bytes)) return "reader and grammar differ";
  if (read && theirs.is_string() && string != theirs.get<std::string>()) {
    return "a string is not what it says";
  }
  return {};
}

}  // namespace modelgates::gateway
