#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Appends one JSON object, compact, members in the order of the calls.
//
// Always writes valid JSON: control characters are escaped, invalid UTF-8 becomes U+FFFD, and a
// number that JSON cannot say (NaN, infinity) becomes null.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject();
  void EndObject();
  // `name` is written as it is: a literal that needs no escapes.
  void Member(std::string_view name, std::string_view value);
  // The shortest digits that give the same double again: 100, 0.1, 1e+16, -0.0.
  void Member(std::string_view name, double value);
  void NullMember(std::string_view name);

 private:
  // Appends the name and room for `size` characters, and returns where they go.
  char* Name(std::string_view name, size_t size);
  void Escape(std::string_view text);

  std::string& out_;  // each member ends with a comma until the object ends
};

}  // namespace modelgates::gateway
