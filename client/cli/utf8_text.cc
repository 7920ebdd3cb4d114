#include "utf8_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace modelgates::oauth::cli {
namespace {

struct Range {
  char32_t first, last;
};

// Unicode's Bidi_Control, characters without width, and line separators.
constexpr Range kUnseen[] = {
    {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},    {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};

// Number of bytes of the character at the start of `text`; 0: not UTF-8 (RFC 3629).
size_t BytesOfFirst(std::string_view text, char32_t& code_point) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  code_point = lead;
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  code_point = lead & (0xff >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code_point = code_point << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (size == 3 && code_point < 0x800) || (size == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  return overlong || surrogate || code_point > 0x10ffff ? 0 : size;
}

bool IsUnseen(char32_t code_point) {
  return std::any_of(std::begin(kUnseen), std::end(kUnseen), [=](const Range& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

std::string Escape(char32_t code_point) {
  if (code_point == '\n') return "\\n";
  if (code_point == '\t') return "\\t";
  char text[16];
  const char* const format = code_point < 0x80      ? "\\x%02x"
                             : code_point < 0x10000 ? "\\u%04x"
                                                    : "\\U%08x";
  std::snprintf(text, sizeof text, format, static_cast<unsigned>(code_point));
  return text;
}

std::string EscapeByte(char byte) {
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(static_cast<uint8_t>(byte)));
  return text;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  char32_t code_point = 0;
  while (!text.empty()) {
    const size_t size = BytesOfFirst(text, code_point);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    char32_t code_point = 0;
    const size_t size = BytesOfFirst(text, code_point);
    if (size == 0) {
      printable += EscapeByte(text.front());
    } else if (code_point < ' ' || IsUnseen(code_point)) {
      printable += Escape(code_point);
    } else {
      printable += text.substr(0, size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return printable;
}

}  // namespace modelgates::oauth::cli
