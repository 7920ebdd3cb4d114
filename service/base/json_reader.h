#pragma once

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

enum class JsonType : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

// One value of a JSON text while VisitJson reads it. Valid only within the callback it is passed
// to. What is not asked for is skipped, but still checked.
class JsonValue {
 public:
  virtual JsonType type() const = 0;
  bool IsNull() const { return type() == JsonType::kNull; }
  // Line of the text in which it begins, from 1. Costs a walk over the text before it.
  virtual size_t line() const = 0;

  // Nullopt when the value is of another type. A string with an unpaired surrogate (\ud800), which
  // is no text, is nullopt too. The view lives as long as the visit.
  virtual std::optional<std::string_view> String() = 0;
  // The digits as they were sent, unbounded in length; also NaN, Infinity and -Infinity, which are
  // not JSON but which the SDK accepts.
  virtual std::optional<std::string_view> NumberToken() = 0;
  virtual std::optional<bool> Bool() = 0;

  // Calls back for each member or element in order; duplicates as often as they are there. False
  // when this is no object (no array), was read before, or is nested deeper than 64 levels.
  virtual bool ForEachMember(absl::FunctionRef<void(std::string_view name, JsonValue&)> visit) = 0;
  virtual bool ForEachElement(absl::FunctionRef<void(JsonValue&)> visit) = 0;

 protected:
  ~JsonValue() = default;
};

// Reads one JSON text front to back and calls `visit` with its root.
//
// False when the text is not well-formed: truncated, followed by something else, a control
// character in a string, and so on. Callbacks may have run by then; what they learned must be
// thrown away. Nesting and number lengths are not bounded, and neither costs stack. A byte order
// mark at the start is skipped (RFC 8259, section 8.1).
//
// `text` is modified: it grows by the capacity that the parser reads over its end, and invalid
// UTF-8 in it becomes U+FFFD. Copies of its strings made for escapes are wiped at the end, since
// one may be a key. Not to be called from within `visit`.
bool VisitJson(std::string& text, absl::FunctionRef<void(JsonValue& root)> visit);

}  // namespace modelgates::gateway
