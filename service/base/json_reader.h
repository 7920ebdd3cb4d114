#pragma once

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

enum class JsonType : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

// One value of a JSON text while VisitJson reads it. Valid only within the callback that gets it.
// Values that are not read are skipped, but still checked.
class JsonValue {
 public:
  virtual JsonType type() const = 0;
  bool IsNull() const { return type() == JsonType::kNull; }
  // Line of the text in which it begins, from 1. Costs a walk over the text before it.
  virtual size_t line() const = 0;

  // nullopt: the value has another type, or is a string with an unpaired surrogate (\ud800), which
  // is not text. The view lives as long as the visit.
  virtual std::optional<std::string_view> String() = 0;
  // The digits as they were sent, of any length; also NaN, Infinity and -Infinity, which the SDK
  // accepts although they are not JSON.
  virtual std::optional<std::string_view> NumberToken() = 0;
  virtual std::optional<bool> Bool() = 0;

  // Calls back for each member or element in order, including duplicates. False: it is not an
  // object (not an array), was read before, or is nested deeper than 64 levels.
  virtual bool ForEachMember(absl::FunctionRef<void(std::string_view name, JsonValue&)> visit) = 0;
  virtual bool ForEachElement(absl::FunctionRef<void(JsonValue&)> visit) = 0;

 protected:
  ~JsonValue() = default;
};

// Reads one JSON text front to back and calls `visit` with its root.
//
// False: the text is not well-formed, for example truncated, followed by other text, or with a
// control character in a string. Callbacks may have run before; their results must be discarded.
// Nesting and the length of numbers are not bounded, and neither costs stack. A byte order
// mark at the start is skipped (RFC 8259, section 8.1).
//
// `text` is modified: its capacity grows, because the parser reads beyond its end, and invalid
// UTF-8 in it becomes U+FFFD. Unescaped copies of its strings are wiped at the end, because one may
// be a key. Must not be called from within `visit`.
bool VisitJson(std::string& text, absl::FunctionRef<void(JsonValue& root)> visit);

}  // namespace modelgates::gateway
