#include "base/nearest_name.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxLength = 64;

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c == '-' ? '_' : absl::ascii_tolower(static_cast<unsigned char>(c));
  return folded;
}

// Optimal string alignment of two texts of at most kMaxLength characters.
size_t Distance(std::string_view a, std::string_view b) {
  using Row = std::array<size_t, kMaxLength + 1>;
  Row before_last{};
  Row last{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    Row row{};
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string_view NearestName(std::string_view written, std::span<const std::string> names) {
  if (written.empty() || written.size() > kMaxLength) return {};
  const std::string folded = Folded(written);
  std::string_view nearest;
  size_t best = folded.size() / 3 + 1;
  for (const std::string& name : names) {
    if (name.size() > kMaxLength) continue;
    const std::string candidate = Folded(name);
    if (candidate.starts_with(folded + "_")) return name;
    const size_t distance = Distance(folded, candidate);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace modelgates::gateway
