#include "caller/caller_identity.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

bool IsLower(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }
bool IsMark(char c) { return c == '.' || c == '-' || c == '_'; }

bool IsPathSegment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || IsMark(c); });
}

// Path segments, each after a slash: "/ns/web".
bool IsPath(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    if (text[0] != '/') return false;
    const size_t end = text.find('/', 1);
    if (!IsPathSegment(text.substr(1, end - 1))) return false;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  return true;
}

// The part between family and port. gRPC escapes IPv6 brackets; '%' begins a zone identifier.
std::string_view HostOf(std::string_view peer) {
  const size_t begin = peer.find(':');
  const size_t end = peer.rfind(':');
  if (begin == std::string_view::npos || end == begin) return {};
  std::string_view host = peer.substr(begin + 1, end - begin - 1);
  for (const auto& [open, close] : {std::pair("%5B", "%5D"), std::pair("[", "]")}) {
    const std::string_view opening = open;
    const std::string_view closing = close;
    if (!host.starts_with(opening) || !host.ends_with(closing)) continue;
    host = host.substr(opening.size(), host.size() - opening.size() - closing.size());
    break;
  }
  return host.substr(0, host.find('%'));
}

}  // namespace

bool IsTrustDomain(std::string_view text) {
  constexpr size_t kMax = 255;
  return !text.empty() && text.size() <= kMax && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLower(c) || IsDigit(c) || IsMark(c);
  });
}

bool IsSpiffeId(std::string_view text) {
  constexpr size_t kMax = 2048;
  if (text.size() > kMax || !text.starts_with(kSpiffePrefix)) return false;
  text.remove_prefix(kSpiffePrefix.size());
  const size_t slash = std::min(text.find('/'), text.size());
  return IsTrustDomain(text.substr(0, slash)) && IsPath(text.substr(slash));
}

bool IsDnsName(std::string_view text) {
  constexpr size_t kMax = 253;
  return !text.empty() && text.size() <= kMax && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || IsMark(c) || c == '*';
  });
}

CallerIdentity CallerIdentity::OfCertificate(std::string_view spiffe_id,
                                             std::string_view dns_name) {
  if (IsSpiffeId(spiffe_id)) return {Kind::kSpiffe, std::string(spiffe_id)};
  if (!IsDnsName(dns_name)) return {};
  std::string text(kDnsPrefix);
  text += dns_name;
  absl::AsciiStrToLower(&text);
  return {Kind::kDns, std::move(text)};
}

CallerIdentity CallerIdentity::OfPeer(std::string_view peer) {
  const auto address = ParseIpAddress(HostOf(peer));
  if (!address) return {};
  CallerIdentity identity(Kind::kAddress, std::string(kAddressPrefix) + ToString(*address));
  identity.address_ = *address;
  return identity;
}

}  // namespace modelgates::gateway
