#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Appends one compact JSON object; its members have the order of the calls.
//
// Always writes valid JSON: control characters are escaped, invalid UTF-8 becomes U+FFFD, and a
// number that JSON does not have (NaN, infinity) becomes null.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject();
  void EndObject();
  // `name` must need no escapes.
  void Member(std::string_view name, std::string_view value);
  // The shortest text that parses to the same double: 100, 0.1, 1e+16, -0.0.
  void Member(std::string_view name, double value);
  void NullMember(std::string_view name);

 private:
  // Appends the name and room for `size` characters, and returns the start of that room.
  char* Name(std::string_view name, size_t size);
  void Escape(std::string_view text);

  std::string& out_;  // each member ends with a comma until the object ends
};

}  // namespace modelgates::gateway
