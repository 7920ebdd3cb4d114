#include "base/json_writer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/text.h"

namespace modelgates::gateway {
void JsonWriter::BeginObject() { out_ += '{'; }

void JsonWriter::EndObject() {
  if (out_.back() == ',') out_.pop_back();
  out_ += '}';
}

void JsonWriter::Member(std::string_view name, std::string_view value) {
  if (PlainPrefix(value) == value.size()) {
    Put(Put(Put(Name(name, value.size() + 3), "\""), value), "\",");
    return;
  }
  Put(Name(name, 1), "\"");
  if (simdjson::validate_utf8(value)) {
    Escape(value);
  } else {
    Escape(ToValidUtf8(value));
  }
  out_ += "\",";
}

void JsonWriter::Member(std::string_view name, double value) {
  if (!std::isfinite(value)) return NullMember(name);
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  // A reader that parses "-0" as an integer would lose the sign.
  const std::string_view rest = text == "-0" ? ".0," : ",";
  Put(Put(Name(name, text.size() + rest.size()), text), rest);
}

void JsonWriter::NullMember(std::string_view name) { Put(Name(name, 5), "null,"); }

char* JsonWriter::Name(std::string_view name, size_t size) {
  const size_t begin = out_.size();
  out_.resize(begin + name.size() + 3 + size);
  return Put(Put(Put(out_.data() + begin, "\""), name), "\":");
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
