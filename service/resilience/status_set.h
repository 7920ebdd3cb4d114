#pragma once

#include <bitset>
#include <optional>
#include <string_view>

namespace modelgates::gateway {

// A set of HTTP error statuses, 400 to 599: RetryConfig.status_codes, cheap to copy and to query.
class StatusSet {
 public:
  // One entry: three digits ("429") or a class ("5XX", also "5xx"). nullopt: anything else, or not
  // within 4XX and 5XX.
  static std::optional<StatusSet> Parse(std::string_view entry);

  void Add(const StatusSet& other) { statuses_ |= other.statuses_; }

  // False for every number outside 400 to 599.
  bool Contains(int status) const;
  bool empty() const { return statuses_.none(); }

  friend bool operator==(const StatusSet&, const StatusSet&) = default;

 private:
  std::bitset<200> statuses_;  // bit 0 is 400
};

}  // namespace modelgates::gateway
