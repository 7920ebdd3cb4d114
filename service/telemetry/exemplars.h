#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/labels.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/trace_context.h"

namespace modelgates::gateway {

// A traced call that a sample of a metric has counted (OpenMetrics 1.0, "Exemplars").
struct Exemplar {
  TraceContext span;
  double value = 0;  // that was observed, in the unit of the metric
  double at = 0;     // seconds since 1970
};

// The newest exemplar of each bucket of one series. Any thread.
class SeriesExemplars {
 public:
  // `bounds`: of the histogram's buckets, without the last, which has none. A counter has none.
  explicit SeriesExemplars(std::vector<double> bounds)
      : bounds_(std::move(bounds)), newest_(bounds_.size() + 1) {}

  // Does nothing when `span` is not sampled, because then nobody can look it up.
  void Record(double value, const TraceContext& span);

  std::optional<Exemplar> Newest(size_t bucket) const;

 private:
  const std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::vector<Exemplar> newest_;  // guarded by mutex_
};

// The series that have exemplars. Series are added before others use this.
class Exemplars {
 public:
  // Lives as long as this. `metric`: the name of the family.
  SeriesExemplars& Add(std::string_view metric, const prometheus::Labels& labels,
                       std::vector<double> bounds = {});
  // Null: the series has none.
  const SeriesExemplars* Find(std::string_view metric,
                              const std::vector<prometheus::ClientMetric::Label>& labels) const;

 private:
  std::map<std::string, SeriesExemplars, std::less<>> series_;
};

}  // namespace modelgates::gateway
