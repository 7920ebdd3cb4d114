#include "base/json_writer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace modelgates::gateway {

void JsonWriter::BeginObject() {
  out_ += '{';
  first_ = true;
}

void JsonWriter::EndObject() { out_ += '}'; }

void JsonWriter::Member(std::string_view name, std::string_view value) {
  Name(name);
  out_ += '"';
  if (PlainPrefix(value) == value.size()) {
    out_ += value;
  } else if (simdjson::validate_utf8(value)) {
    Escape(value);
  } else {
    Escape(ToValidUtf8(value));
  }
  out_ += '"';
}

void JsonWriter::Member(std::string_view name, double value) {
  if (!std::isfinite(value)) return NullMember(name);
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  Name(name);
  out_ += text;
  // A reader that takes "-0" for an integer would lose the sign.
  if (text == "-0") out_ += ".0";
}

void JsonWriter::NullMember(std::string_view name) {
  Name(name);
  out_ += "null";
}

void JsonWriter::Name(std::string_view name) {
  if (!std::exchange(first_, false)) out_ += ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonWriter::Escape(std::string_view text) {
  const auto needs_escape = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  };
  while (!text.empty()) {
    const auto found = std::find_if(text.begin(), text.end(), needs_escape);
    const auto plain = static_cast<size_t>(found - text.begin());
    out_ += text.substr(0, plain);
    if (plain == text.size()) return;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetters = "\"\\bfnrt";
    if (const size_t i = kShort.find(c); i != std::string_view::npos) {
      out_ += '\\';
      out_ += kLetters[i];
    } else {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
    }
  }
}

}  // namespace modelgates::gateway
