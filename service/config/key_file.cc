#include "config/key_file.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/small_file.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxBytes = 8192;
constexpr std::string_view kBearer = "Bearer";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view WithoutBearer(std::string_view key) {
  const size_t end = kBearer.size();
  const bool has_scheme =
      key.size() > end && key[end] == ' ' && EqualsIgnoringCase(key.substr(0, end), kBearer);
  return has_scheme ? Trim(key.substr(end)) : key;
}

// A bearer token has '=' only at its end (RFC 6750, section 2.1).
bool IsAssignment(std::string_view word) {
  const size_t equals = word.find('=');
  return equals != std::string_view::npos && word.find_last_not_of('=') > equals;
}

}  // namespace

std::optional<std::string> KeyRule(std::string_view key) {
  if (key.size() > kMaxBytes) return fmt::format("must hold a key of at most {} bytes", kMaxBytes);
  if (EqualsIgnoringCase(key, kBearer)) return "must hold a key, not the word Bearer alone";
  const std::string_view word = WithoutBearer(key);
  if (word.find_first_of("\"'`") != std::string_view::npos) {
    return "must hold the key alone, without quotes";
  }
  if (!IsVisibleAscii(word)) {
    return "must hold the key alone: one line of visible ASCII characters, without spaces";
  }
  if (IsAssignment(word)) return "must hold the key alone, not NAME=key";
  return std::nullopt;
}

absl::StatusOr<Secret> ReadKeyFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadSmallFile(path, 2 * kMaxBytes);
  if (!text.ok()) return text.status();
  std::string_view key = *text;
  if (key.starts_with(kByteOrderMark)) key.remove_prefix(kByteOrderMark.size());
  key = Trim(key);
  std::optional<std::string> broken = KeyRule(key);
  if (key.empty()) broken = "must hold a key, the file is empty";
  absl::StatusOr<Secret> result = Secret(key);
  if (broken) result = absl::InvalidArgumentError(*broken);
  Wipe(*text);
  return result;
}

absl::StatusOr<Secret> ReadTokenFile(const std::string& path) {
  absl::StatusOr<Secret> token = ReadKeyFile(path);
  if (token.ok() && token->Reveal().find(' ') != std::string_view::npos) {
    return absl::InvalidArgumentError("must hold the token alone, without the word Bearer");
  }
  return token;
}

}  // namespace modelgates::gateway
