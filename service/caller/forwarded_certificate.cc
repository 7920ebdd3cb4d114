#include "caller/forwarded_certificate.h"

#include <algorithm>
#include <optional>
#include <string>

namespace modelgates::gateway {
namespace {

constexpr size_t kHashDigits = 64;  // SHA-256

// Takes "key=value" from the front of `rest` if it has that key: the value.
std::optional<std::string_view> Take(std::string_view key, std::string_view& rest) {
  if (rest.size() <= key.size() || !rest.starts_with(key) || rest[key.size()] != '=') {
    return std::nullopt;
  }
  const size_t end = std::min(rest.find(';'), rest.size());
  const std::string_view value = rest.substr(key.size() + 1, end - key.size() - 1);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

}  // namespace

CallerIdentity IdentityOfForwarded(std::string_view header) {
  const auto hash = Take("Hash", header);
  if (!hash || hash->size() != kHashDigits) return {};
  const auto uri = Take("URI", header);
  if (!uri) return {};
  std::string_view dns;
  for (bool first = true; !header.empty(); first = false) {
    const auto name = Take("DNS", header);
    if (!name || !IsDnsName(*name)) return {};
    if (first) dns = *name;
  }
  if (uri->empty()) return CallerIdentity::OfCertificate("", dns);
  return CallerIdentity::OfCertificate(*uri, "");
}

}  // namespace modelgates::gateway
