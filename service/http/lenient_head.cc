#include "http/lenient_head.h"

namespace modelgates::gateway {
namespace {

// Length of "HTTP/1.1 200", a status line without a reason.
constexpr size_t kShortStatusLine = 12;

// The end of the head whose lines end with `line_end`; npos: incomplete.
size_t EndOfHead(std::string_view bytes, std::string_view line_end, size_t& searched) {
  const std::string end = std::string(line_end) + std::string(line_end);
  const size_t found = bytes.find(end, searched);
  if (found != std::string_view::npos) return found + end.size();
  searched = bytes.size() < end.size() ? 0 : bytes.size() - end.size() + 1;
  return std::string_view::npos;
}

}  // namespace

LenientHead ReadLenientHead(std::string_view bytes, size_t& searched) {
  const size_t first_end = bytes.find('\n');
  if (first_end == 0 || first_end == std::string_view::npos) return {};
  const bool has_cr = bytes[first_end - 1] == '\r';
  const std::string_view line_end = has_cr ? "\r\n" : "\n";
  const size_t status_line_size = first_end + 1 - line_end.size();
  if (has_cr && status_line_size != kShortStatusLine) return {};

  const size_t end = EndOfHead(bytes, line_end, searched);
  const std::string_view original = bytes.substr(0, end);
  if (!has_cr && original.find('\r') != std::string_view::npos) {
    return {.kind = LenientHead::Kind::kBroken};
  }
  if (end == std::string_view::npos) return {.kind = LenientHead::Kind::kIncomplete};

  LenientHead head{.kind = LenientHead::Kind::kComplete, .used = end};
  head.text = original.substr(0, status_line_size);
  if (status_line_size == kShortStatusLine) head.text += ' ';
  for (const char c : original.substr(status_line_size)) {
    if (c == '\n' && !has_cr) head.text += '\r';
    head.text += c;
  }
  return head;
}

}  // namespace modelgates::gateway
