#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace modelgates::gateway {

// Makes one family and hands out its series.
template <class Metric, class Builder>
class Family {
 public:
  Family(Builder builder, prometheus::Registry& registry, const char* name, const char* help)
      : family_(builder.Name(name).Help(help).Register(registry)) {}

  template <class... Arguments>
  Metric* Add(const prometheus::Labels& labels, Arguments&&... arguments) {
    return &family_.Add(labels, arguments...);
  }

 private:
  prometheus::Family<Metric>& family_;
};

inline auto Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return Family<prometheus::Counter, decltype(prometheus::BuildCounter())>(
      prometheus::BuildCounter(), registry, name, help);
}

inline auto Gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return Family<prometheus::Gauge, decltype(prometheus::BuildGauge())>(prometheus::BuildGauge(),
                                                                       registry, name, help);
}

inline auto Histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return Family<prometheus::Histogram, decltype(prometheus::BuildHistogram())>(
      prometheus::BuildHistogram(), registry, name, help);
}

}  // namespace modelgates::gateway
