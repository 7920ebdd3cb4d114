#include "telemetry/open_metrics.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string_view>

namespace modelgates::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

// OpenMetrics 1.0, "Considerations: Canonical numbers": 1.0 and not 1.
std::string CanonicalNumber(double value) {
  std::string text = Number(value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

class Writer {
 public:
  explicit Writer(const Exemplars& exemplars) : exemplars_(exemplars) {}

  void Write(const MetricFamily& family) {
    const bool counts = family.type == MetricType::Counter;
    std::string_view name = family.name;
    if (counts) name.remove_suffix(kTotal.size());
    const char* type = counts                             ? "counter"
                       : family.type == MetricType::Gauge ? "gauge"
                                                          : "histogram";
    Add("# HELP {} {}\n# TYPE {} {}\n", name, Escaped(family.help), name, type);
    for (const ClientMetric& series : family.metric) {
      const SeriesExemplars* newest = exemplars_.Find(family.name, series.label);
      if (counts) {
        AddSample(name, kTotal, series, {}, series.counter.value, newest, 0);
      } else if (family.type == MetricType::Gauge) {
        AddSample(name, "", series, {}, series.gauge.value);
      } else {
        AddHistogram(name, series, newest);
      }
    }
  }

  std::string Done() {
    Add("# EOF\n");
    return std::move(text_);
  }

 private:
  template <typename... Values>
  void Add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

  void AddHistogram(std::string_view name, const ClientMetric& series,
                    const SeriesExemplars* newest) {
    const ClientMetric::Histogram& histogram = series.histogram;
    for (size_t i = 0; i < histogram.bucket.size(); ++i) {
      const ClientMetric::Bucket& bucket = histogram.bucket[i];
      AddSample(name, "_bucket", series, CanonicalNumber(bucket.upper_bound),
                static_cast<double>(bucket.cumulative_count), newest, i);
    }
    AddSample(name, "_count", series, {}, static_cast<double>(histogram.sample_count));
    AddSample(name, "_sum", series, {}, histogram.sample_sum);
  }

  // `bound`: of a bucket, else empty.
  void AddSample(std::string_view name, std::string_view suffix, const ClientMetric& series,
                 const std::string& bound, double value, const SeriesExemplars* newest = nullptr,
                 size_t bucket = 0) {
    Add("{}{}", name, suffix);
    std::string_view separator = "{";
    for (const auto& label : series.label) {
      Add("{}{}=\"{}\"", separator, label.name, Escaped(label.value));
      separator = ",";
    }
    if (!bound.empty()) {
      Add("{}le=\"{}\"", separator, bound);
      separator = ",";
    }
    Add("{} {}", separator == "," ? "}" : "", Number(value));
    if (newest != nullptr) AddExemplar(newest->Newest(bucket));
    text_ += '\n';
  }

  void AddExemplar(const std::optional<Exemplar>& exemplar) {
    if (!exemplar) return;
    Add(" # {{trace_id=\"{}\",span_id=\"{}\"}} {} {:.3f}", exemplar->span.trace_id.text(),
        exemplar->span.span_id.text(), Number(exemplar->value), exemplar->at);
  }

  const Exemplars& exemplars_;
  std::string text_;
};

}  // namespace

std::string WriteOpenMetrics(const std::vector<MetricFamily>& families,
                             const Exemplars& exemplars) {
  Writer writer(exemplars);
  for (const MetricFamily& family : families) writer.Write(family);
  return writer.Done();
}

}  // namespace modelgates::gateway
