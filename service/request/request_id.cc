#include "request/request_id.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

#include <algorithm>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxLength = 128;

bool IsIdCharacter(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsAllZero(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

}  // namespace

std::string ToRequestId(std::string_view from_caller, absl::BitGenRef random) {
  if (!from_caller.empty() && from_caller.size() <= kMaxLength &&
      std::all_of(from_caller.begin(), from_caller.end(), IsIdCharacter)) {
    return std::string(from_caller);
  }
  const uint64_t id[] = {absl::Uniform<uint64_t>(random), absl::Uniform<uint64_t>(random)};
  return absl::BytesToHexString({reinterpret_cast<const char*>(id), sizeof(id)});
}

TraceContext ParseTraceparent(std::string_view text) {
  // 00-<32 hex trace id>-<16 hex span id>-<2 hex flags>; later versions may append "-...".
  constexpr size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace_id = text.substr(3, 32);
  const std::string_view span_id = text.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace_id) || !IsLowerHex(span_id) ||
      !IsLowerHex(text.substr(53, 2)) || IsAllZero(trace_id) || IsAllZero(span_id)) {
    return {};
  }
  if (version == "ff" || (version == "00" && text.size() != kLength)) return {};
  if (text.size() > kLength && text[kLength] != '-') return {};
  return {trace_id, span_id};
}

}  // namespace modelgates::gateway
