#include "trace/trace_context.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxEntries = 32;
constexpr size_t kMaxTracestate = 512;
constexpr size_t kMaxKey = 256;
constexpr size_t kMaxValue = 256;

bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsAllZero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

bool IsKey(std::string_view key) {
  if (key.empty() || key.size() > kMaxKey) return false;
  if (!IsLowerLetter(key[0]) && !IsDigit(key[0])) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return IsLowerLetter(c) || IsDigit(c) || std::string_view("_-*/@").find(c) != std::string::npos;
  });
}

bool IsValue(std::string_view value) {
  if (value.empty() || value.size() > kMaxValue || value.back() == ' ') return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != ',' && c != '='; });
}

// False: an entry is malformed.
bool AddEntries(std::string_view list, std::vector<std::string_view>& entries) {
  while (true) {
    const size_t comma = std::min(list.find(','), list.size());
    // Spaces before a value are part of it; around an entry they are not.
    const std::string_view entry = Trim(list.substr(0, comma), " \t");
    if (!entry.empty()) {
      const size_t equals = entry.find('=');
      if (equals == std::string_view::npos || !IsKey(entry.substr(0, equals)) ||
          !IsValue(entry.substr(equals + 1))) {
        return false;
      }
      entries.push_back(entry);
    }
    if (comma == list.size()) return true;
    list.remove_prefix(comma + 1);
  }
}

bool HasKeyTwice(std::vector<std::string_view> entries) {
  for (std::string_view& entry : entries) entry = entry.substr(0, entry.find('='));
  std::sort(entries.begin(), entries.end());
  return std::adjacent_find(entries.begin(), entries.end()) != entries.end();
}

}  // namespace

TraceContext ParseTraceparent(std::string_view text) {
  // 00-<32 hex trace id>-<16 hex span id>-<2 hex flags>; later versions may append "-...".
  constexpr size_t kLength = 55;
  constexpr std::string_view kOddDigits = "13579bdf";
  TraceContext context;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return context;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace_id = text.substr(3, 32);
  const std::string_view span_id = text.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace_id) || !IsLowerHex(span_id) ||
      !IsLowerHex(text.substr(53, 2)) || IsAllZero(trace_id) || IsAllZero(span_id)) {
    return context;
  }
  if (version == "ff" || (version == "00" && text.size() != kLength)) return context;
  if (text.size() > kLength && text[kLength] != '-') return context;
  std::copy(trace_id.begin(), trace_id.end(), context.trace_id.digits.begin());
  std::copy(span_id.begin(), span_id.end(), context.span_id.digits.begin());
  context.sampled = kOddDigits.find(text[54]) != std::string_view::npos;
  return context;
}

std::string JoinTracestate(std::span<const std::string_view> values) {
  std::vector<std::string_view> entries;
  for (const std::string_view value : values) {
    if (!AddEntries(value, entries)) return {};
  }
  if (entries.size() > kMaxEntries || HasKeyTwice(entries)) return {};
  std::string joined;
  for (const std::string_view entry : entries) {
    if (!joined.empty()) joined += ',';
    joined += entry;
  }
  return joined.size() <= kMaxTracestate ? joined : std::string();
}

}  // namespace modelgates::gateway
