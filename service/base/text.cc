#include "base/text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace modelgates::gateway {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Step {
  size_t length;
  bool valid;
};

// The first character of `text`, or the run of bytes that cannot be one (Unicode, table 3-7).
Step NextCharacter(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Only the second byte has narrower bounds: against overlong forms, surrogates, above U+10FFFF.
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

bool IsControl(std::string_view character) {
  const auto lead = static_cast<uint8_t>(character[0]);
  if (lead < 0x20 || lead == 0x7F) return true;
  return lead == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
}

constexpr size_t kBlock = 16;
using Block [[gnu::vector_size(kBlock)]] = uint8_t;

// Position of the first special byte among the next kBlock bytes; kBlock: there is none.
size_t SpecialIn(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  Block bytes;
  std::memcpy(&bytes, text, kBlock);
  const auto special = (bytes < 0x20) | (bytes > 0x7e) | (bytes == '"') | (bytes == '\\');
  uint64_t halves[2];
  std::memcpy(halves, &special, kBlock);
  if (halves[0] != 0) return static_cast<size_t>(std::countr_zero(halves[0])) / 8;
  if (halves[1] != 0) return static_cast<size_t>(std::countr_zero(halves[1])) / 8 + 8;
  return kBlock;
}

}  // namespace

size_t CharacterLength(std::string_view text) {
  const Step step = NextCharacter(text);
  return step.valid ? step.length : 0;
}

std::string ToValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const Step step = NextCharacter(text);
    valid.append(step.valid ? text.substr(0, step.length) : kReplacement);
    text.remove_prefix(step.length);
  }
  return valid;
}

std::string CleanText(std::string_view text, size_t max_bytes) {
  std::string clean;
  clean.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const Step step = NextCharacter(text);
    std::string_view character = step.valid ? text.substr(0, step.length) : kReplacement;
    if (IsControl(character)) character = " ";
    if (character.size() > max_bytes - clean.size()) break;
    clean.append(character);
    text.remove_prefix(step.length);
  }
  return clean;
}

size_t PlainPrefix(std::string_view text) {
  if (text.size() < kBlock) {
    char block[kBlock];
    std::memset(block, ' ', sizeof block);
    std::memcpy(block, text.data(), text.size());
    return std::min(SpecialIn(block), text.size());
  }
  const size_t last = text.size() - kBlock;
  for (size_t i = 0;; i = std::min(i + kBlock, last)) {
    if (const size_t special = SpecialIn(text.data() + i); special < kBlock) return i + special;
    if (i == last) return text.size();
  }
}

}  // namespace modelgates::gateway
