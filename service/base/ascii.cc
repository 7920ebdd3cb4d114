#include "base/ascii.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

namespace modelgates::gateway {

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace modelgates::gateway
