#include "rpc/redaction.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {

void Redaction::Add(std::string_view secret) {
  if (secret.size() >= kMinLength) secrets_.push_back(secret);
}

std::string Redaction::Apply(std::string_view text) const {
  constexpr std::string_view kRedacted = "[redacted]";
  std::vector<std::pair<size_t, size_t>> found;  // begin and end
  for (const std::string_view secret : secrets_) {
    for (size_t at = text.find(secret); at != std::string_view::npos;
         at = text.find(secret, at + secret.size())) {
      found.emplace_back(at, at + secret.size());
    }
  }
  std::sort(found.begin(), found.end());

  std::string result;
  size_t copied = 0;
  for (const auto& [begin, end] : found) {
    // What overlaps the one before belongs to it: no end of a secret may stay behind.
    if (begin >= copied) result.append(text.substr(copied, begin - copied)).append(kRedacted);
    copied = std::max(copied, end);
  }
  return result.append(text.substr(copied));
}

}  // namespace modelgates::gateway
