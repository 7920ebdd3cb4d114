#include "caller/caller_pattern.h"

#include <absl/strings/ascii.h>

namespace modelgates::gateway {
namespace {

using Kind = CallerIdentity::Kind;

bool EndsInStar(std::string_view text) { return text.ends_with('*'); }

}  // namespace

std::optional<CallerPattern> CallerPattern::Parse(std::string_view text) {
  if (text.starts_with(kSpiffePrefix)) return ParseSpiffe(text);
  if (text.starts_with(kDnsPrefix)) return ParseDns(text);
  if (text.starts_with(kAddressPrefix)) return ParseAddress(text);
  return std::nullopt;
}

std::optional<CallerPattern> CallerPattern::ParseSpiffe(std::string_view text) {
  // A pattern with '*' is valid if it is a SPIFFE ID with one letter in place of '*'.
  const bool star = EndsInStar(text);
  const std::string_view fixed = text.substr(0, text.size() - (star ? 1 : 0));
  const bool all = star && fixed == kSpiffePrefix;
  const bool beyond_domain = fixed.find('/', kSpiffePrefix.size()) != std::string_view::npos;
  const bool fits =
      star ? all || (beyond_domain && IsSpiffeId(std::string(fixed) + "a")) : IsSpiffeId(text);
  if (!fits) return std::nullopt;
  return CallerPattern(Kind::kSpiffe, std::string(text));
}

std::optional<CallerPattern> CallerPattern::ParseDns(std::string_view text) {
  const std::string_view name = text.substr(kDnsPrefix.size());
  const size_t star = name.find('*');
  if (!IsDnsName(name) || (star != std::string_view::npos && star != name.size() - 1)) {
    return std::nullopt;
  }
  std::string small(text);
  absl::AsciiStrToLower(&small);
  return CallerPattern(Kind::kDns, std::move(small));
}

std::optional<CallerPattern> CallerPattern::ParseAddress(std::string_view text) {
  const std::string_view address = text.substr(kAddressPrefix.size());
  const auto network = ParseIpNetwork(address == "*" ? "::/0" : address);
  if (!network) return std::nullopt;
  CallerPattern pattern(Kind::kAddress, std::string(kAddressPrefix) + ToString(*network));
  pattern.network_ = *network;
  return pattern;
}

bool CallerPattern::Matches(const CallerIdentity& caller) const {
  if (caller.kind() != kind_) return false;
  if (kind_ == Kind::kAddress) return network_.Contains(caller.address());
  if (EndsInStar(text_)) return caller.text().starts_with(prefix());
  return caller.text() == text_;
}

bool CallerPattern::IsOneCaller() const {
  return kind_ == Kind::kAddress ? network_.IsOneAddress() : !EndsInStar(text_);
}

}  // namespace modelgates::gateway
