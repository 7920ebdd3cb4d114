#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// The secrets of one call, taken out of whatever the upstream said before a caller or a log sees
// it: upstreams echo codes in their messages, as they are or escaped for JSON, a link or a page
// (plain_spelling.h). The texts must outlive it.
class Redaction {
 public:
  // Texts shorter than this are not looked for: they would be found everywhere, and guessed anyway.
  static constexpr size_t kMinLength = 4;

  void Add(std::string_view secret);

  // What is looked at of a text; the rest is left out.
  static constexpr size_t kMaxBytes = 16 * 1024;

  // `text` with each secret replaced by "[redacted]", which no later step takes for markup; secrets
  // that overlap are replaced as one. To be applied before anything is cut: the beginning of a
  // secret is not recognized. Linear in `text` for each secret.
  std::string Apply(std::string_view text) const;

 private:
  std::vector<std::string_view> secrets_;
};

}  // namespace modelgates::gateway
