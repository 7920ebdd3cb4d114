#include "nearest.h"

#include <algorithm>

namespace modelgates::oauth::cli {
namespace {

// No flag is longer, and the time grows with the square.
constexpr size_t kMaxLength = 64;

// Optimal string alignment.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> edits(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      const size_t changed = edits[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      edits[i][j] = std::min({changed, edits[i - 1][j] + 1, edits[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
      }
    }
  }
  return edits[a.size()][b.size()];
}

}  // namespace

std::string Nearest(std::string_view written, const std::vector<std::string>& names) {
  if (written.empty() || written.size() > kMaxLength) return "";
  std::string folded(written);
  std::replace(folded.begin(), folded.end(), '_', '-');
  std::string nearest;
  size_t best = folded.size() / 3 + 1;
  for (const std::string& name : names) {
    if (name.starts_with(folded + "-")) return name;
    const size_t distance = Distance(folded, name);
    if (distance >= best) continue;
    best = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace modelgates::oauth::cli
