#include "resilience/status_set.h"

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

constexpr int kFirst = 400;
constexpr int kPerClass = 100;

}  // namespace

std::optional<StatusSet> StatusSet::Parse(std::string_view entry) {
  if (entry.size() != 3 || (entry[0] != '4' && entry[0] != '5')) return std::nullopt;
  const int first_of_class = (entry[0] - '4') * kPerClass;
  StatusSet set;
  const std::string_view rest = entry.substr(1);
  if (rest == "XX" || rest == "xx") {
    for (int i = 0; i < kPerClass; ++i) set.statuses_.set(first_of_class + i);
    return set;
  }
  if (!IsDigit(rest[0]) || !IsDigit(rest[1])) return std::nullopt;
  set.statuses_.set(first_of_class + (rest[0] - '0') * 10 + (rest[1] - '0'));
  return set;
}

bool StatusSet::Contains(int status) const {
  const int bit = status - kFirst;
  return status >= kFirst && bit < static_cast<int>(statuses_.size()) && statuses_[bit];
}

}  // namespace modelgates::gateway
