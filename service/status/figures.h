#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// One sample of /metrics. `sample`: its name and labels as the text format has them, e.g.
// `oauth_gateway_exchanges{state="running"}`.
struct Figure {
  std::string sample;
  double value = 0;
};

// The samples of /metrics at one moment, by name.
class Figures {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;
  using Histogram = prometheus::ClientMetric::Histogram;

  struct Series {
    std::vector<prometheus::ClientMetric::Label> labels;
    Figure figure;

    // The value of a label; empty: there is no such label.
    std::string_view Label(std::string_view name) const;
  };

  explicit Figures(std::vector<prometheus::MetricFamily> families);

  // The counters or gauges of a family, without its histograms. Empty: there is no such family.
  std::vector<Series> All(std::string_view family) const;
  // The counter or gauge that has these labels and perhaps others. The value 0: there is none.
  Figure Get(std::string_view family, const Labels& labels = {}) const;
  // The histogram that has these labels. Null: there is none.
  const Histogram* FindHistogram(std::string_view family, const Labels& labels) const;

 private:
  const prometheus::MetricFamily* Find(std::string_view name) const;

  const std::vector<prometheus::MetricFamily> families_;
};

}  // namespace modelgates::gateway
