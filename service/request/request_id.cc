#include "request/request_id.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

#include <algorithm>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxLength = 128;

bool IsIdCharacter(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

}  // namespace

std::string ToRequestId(std::string_view from_caller, absl::BitGenRef random) {
  if (!from_caller.empty() && from_caller.size() <= kMaxLength &&
      std::all_of(from_caller.begin(), from_caller.end(), IsIdCharacter)) {
    return std::string(from_caller);
  }
  const uint64_t id[] = {absl::Uniform<uint64_t>(random), absl::Uniform<uint64_t>(random)};
  return absl::BytesToHexString({reinterpret_cast<const char*>(id), sizeof(id)});
}

}  // namespace modelgates::gateway
