#include "exchange/pepper_file.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "config/small_file.h"

namespace modelgates::gateway {
namespace {

// Gateways of one store must come to the same index.
static_assert(std::endian::native == std::endian::little,
              "lengths and numbers are hashed as they lie in memory");

constexpr size_t kMaxFileBytes = 8192;
constexpr size_t kMinPepperBytes = 32;

// A stat a second is nothing, and nobody waits longer for a new pepper.
constexpr std::chrono::seconds kCheckInterval{1};

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

absl::StatusOr<Peppers> ParsePeppers(std::string_view text) {
  std::vector<absl::string_view> lines =
      absl::StrSplit(absl::StripAsciiWhitespace({text.data(), text.size()}), '\n');
  if (lines.size() > 2) return absl::InvalidArgumentError("must hold one line or two");
  Peppers peppers;
  for (Secret* pepper : {&peppers.in_use, &peppers.other}) {
    const size_t line = pepper == &peppers.in_use ? 0 : 1;
    if (line == lines.size()) break;
    const absl::string_view trimmed = absl::StripAsciiWhitespace(lines[line]);
    if (trimmed.size() < kMinPepperBytes) {
      return absl::InvalidArgumentError(
          fmt::format("must hold at least {} characters in each line", kMinPepperBytes));
    }
    *pepper = Secret(std::string_view(trimmed.data(), trimmed.size()));
    if (!IsVisible(pepper->Reveal())) {
      return absl::InvalidArgumentError("must hold visible ASCII characters only");
    }
  }
  if (peppers.in_use == peppers.other) {
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

PepperFile::PepperFile(std::string path, Peppers peppers, EventLoop& loop, Log& log)
    : path_(std::move(path)), loop_(loop), log_(log) {
  Use(std::move(peppers));
}

PepperFile::Indices PepperFile::IndicesOf(const ExchangeIdentity& identity) {
  if (loop_.Now() >= next_check_) Refresh();
  Indices indices;
  indices.in_use = ToKey(in_use_, identity);
  if (other_) indices.other = ToKey(*other_, identity);
  return indices;
}

void PepperFile::Use(Peppers peppers) {
  peppers_ = std::move(peppers);
  in_use_ = Hmac(peppers_.in_use.Reveal());
  other_.reset();
  if (!peppers_.other.empty()) other_.emplace(peppers_.other.Reveal());
}

void PepperFile::Refresh() {
  next_check_ = loop_.Now() + kCheckInterval;
  const std::optional<FileVersion> version = FileVersionOf(path_);
  if (version == version_) return;
  version_ = version;
  absl::StatusOr<Peppers> peppers = ReadPepperFile(path_);
  if (!peppers.ok()) {
    // The file may be in the middle of being replaced.
    LogLine line = log_.Line(Severity::kError, "reload_failed",
                             "the pepper file cannot be used, the peppers before stay in use");
    log_.Write(line.Add("setting", "exchange_pepper_file"));
    return;
  }
  if (peppers->in_use == peppers_.in_use && peppers->other == peppers_.other) return;
  Use(*std::move(peppers));
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "new peppers are in use");
  log_.Write(line.Add("setting", "exchange_pepper_file"));
}

}  // namespace modelgates::gateway
