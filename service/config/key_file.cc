#include "config/key_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "config/small_file.h"
#include "http/http.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxBytes = 8192;

}  // namespace

std::string_view TrimKey(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::optional<std::string> KeyRule(std::string_view key) {
  if (key.size() > kMaxBytes) return fmt::format("must hold a key of at most {} bytes", kMaxBytes);
  if (!IsSendableHeaderValue(key))
    return "must hold one line of ASCII that can be sent as a header";
  return std::nullopt;
}

absl::StatusOr<Secret> ReadKeyFile(const std::string& path) {
  std::optional<std::string> text = ReadSmallFile(path, 2 * kMaxBytes);
  if (!text) {
    return absl::UnavailableError(
        fmt::format("must be a file that can be read: {}", std::strerror(errno)));
  }
  const std::string_view key = TrimKey(*text);
  const std::optional<std::string> broken = KeyRule(key);
  absl::StatusOr<Secret> result = Secret(key);
  if (broken) result = absl::InvalidArgumentError(*broken);
  Wipe(*text);
  return result;
}

}  // namespace modelgates::gateway
