#include "status/figures.h"

#include <algorithm>

namespace modelgates::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// The text format, version 0.0.4. No label has a value that needs an escape.
std::string SampleText(const MetricFamily& family, const ClientMetric& metric) {
  std::string text = family.name;
  if (metric.label.empty()) return text;
  char before = '{';
  for (const ClientMetric::Label& label : metric.label) {
    text += before;
    text.append(label.name).append("=\"").append(label.value).append("\"");
    before = ',';
  }
  return text + '}';
}

double ValueOf(const MetricFamily& family, const ClientMetric& metric) {
  return family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
}

bool HasLabels(const ClientMetric& metric, const Figures::Labels& labels) {
  return std::all_of(labels.begin(), labels.end(), [&metric](const auto& wanted) {
    return std::any_of(metric.label.begin(), metric.label.end(), [&wanted](const auto& label) {
      return label.name == wanted.first && label.value == wanted.second;
    });
  });
}

}  // namespace

std::string_view Figures::Series::Label(std::string_view name) const {
  for (const ClientMetric::Label& label : labels) {
    if (label.name == name) return label.value;
  }
  return {};
}

Figures::Figures(std::vector<MetricFamily> families) : families_(std::move(families)) {}

std::vector<Figures::Series> Figures::All(std::string_view name) const {
  std::vector<Series> all;
  const MetricFamily* const family = Find(name);
  if (family == nullptr || family->type == MetricType::Histogram) return all;
  for (const ClientMetric& metric : family->metric) {
    all.push_back({metric.label, {SampleText(*family, metric), ValueOf(*family, metric)}});
  }
  return all;
}

Figure Figures::Get(std::string_view name, const Labels& labels) const {
  const MetricFamily* const family = Find(name);
  if (family != nullptr) {
    for (const ClientMetric& metric : family->metric) {
      if (!HasLabels(metric, labels)) continue;
      return {SampleText(*family, metric), ValueOf(*family, metric)};
    }
  }
  return {std::string(name), 0};
}

const Figures::Histogram* Figures::FindHistogram(std::string_view name,
                                                 const Labels& labels) const {
  const MetricFamily* const family = Find(name);
  if (family == nullptr || family->type != MetricType::Histogram) return nullptr;
  for (const ClientMetric& metric : family->metric) {
    if (HasLabels(metric, labels)) return &metric.histogram;
  }
  return nullptr;
}

const MetricFamily* Figures::Find(std::string_view name) const {
  const auto found = std::find_if(families_.begin(), families_.end(),
                                  [name](const auto& family) { return family.name == name; });
  return found == families_.end() ? nullptr : &*found;
}

}  // namespace modelgates::gateway
