#include "exchange/shared/pepper_file.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <bit>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/small_file.h"

namespace modelgates::gateway {
namespace {

// All gateways of a store must compute the same index.
static_assert(std::endian::native == std::endian::little,
              "lengths and numbers are hashed as they lie in memory");

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
  absl::StatusOr<std::string> text = ReadSmallFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<Peppers> peppers = ParsePeppers(*text);
  Wipe(*text);
  return peppers;
}

PepperFile::PepperFile(const std::string& path, EventLoop& loop, ReloadObserver* observer)
    : file_(
          loop, {.path = path, .setting = "exchange_pepper_file"}, ReadPepperFile,
          [this](Peppers changed) { return Use(std::move(changed)); }, observer) {
  if (absl::StatusOr<Peppers> peppers = ReadPepperFile(path); peppers.ok()) {
    Use(*std::move(peppers));
  }
  file_.Watch();
}

PepperFile::Indices PepperFile::IndicesOf(const ExchangeIdentity& identity) {
  Indices indices;
  indices.current = ToKey(current_, identity);
  if (previous_) indices.previous = ToKey(*previous_, identity);
  return indices;
}

bool PepperFile::Use(Peppers peppers) {
  if (peppers == peppers_) return false;
  peppers_ = std::move(peppers);
  current_ = Hmac(peppers_.current.Reveal());
  previous_.reset();
  if (!peppers_.previous.empty()) previous_.emplace(peppers_.previous.Reveal());
  return true;
}

}  // namespace modelgates::gateway
