#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "status/history.h"
#include "status/snapshot.h"

namespace modelgates::gateway {

// /statusz, and the ten minutes that it shows. Counts nothing itself: its figures are those of
// /metrics. One thread, which calls Sample every StatusHistory::kInterval.
class StatusPage {
 public:
  // Called by Sample and Render.
  struct Sources {
    std::function<std::vector<prometheus::MetricFamily>()> metrics;
    std::function<StatusFacts()> facts;
    std::function<TimePoint()> now;
  };

  // Takes the first sample.
  explicit StatusPage(Sources sources);

  void Sample();

  std::string Render() const;
  // The Content-Security-Policy of the page.
  const std::string& policy() const { return policy_; }

 private:
  const Sources sources_;
  const std::string policy_;
  StatusHistory history_;
};

}  // namespace modelgates::gateway
