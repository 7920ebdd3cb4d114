#include "exchange/shared/peppers.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/small_file.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxFileBytes = 8192;
constexpr size_t kMinPepperBytes = 32;

absl::StatusOr<Peppers> ParsePeppers(std::string_view text) {
  text = Trim(text);
  const std::vector<absl::string_view> lines =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  if (lines.size() > 2) return absl::InvalidArgumentError("must hold one line or two");
  Peppers peppers;
  for (Secret* pepper : {&peppers.current, &peppers.previous}) {
    const size_t line = pepper == &peppers.current ? 0 : 1;
    if (line == lines.size()) break;
    const std::string_view trimmed = Trim({lines[line].data(), lines[line].size()});
    if (trimmed.size() < kMinPepperBytes) {
      return absl::InvalidArgumentError(
          fmt::format("must hold at least {} characters in each line", kMinPepperBytes));
    }
    *pepper = Secret(trimmed);
    if (!IsVisibleAscii(trimmed)) {
      return absl::InvalidArgumentError("must hold visible ASCII characters only");
    }
  }
  if (peppers.current == peppers.previous) {
    return absl::InvalidArgumentError("must not hold the same line twice");
  }
  return peppers;
}

}  // namespace

absl::StatusOr<Peppers> ReadPepperFile(const std::string& path) {
  std::optional<std::string> text = ReadSmallFile(path, kMaxFileBytes);
  if (!text) {
    return absl::UnavailableError(
        fmt::format("must be a file that can be read: {}", std::strerror(errno)));
  }
  absl::StatusOr<Peppers> peppers = ParsePeppers(*text);
  Wipe(*text);
  return peppers;
}

}  // namespace modelgates::gateway
