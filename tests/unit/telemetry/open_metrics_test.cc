#include "telemetry/open_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "telemetry/metrics.h"

namespace modelgates::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using std::chrono::milliseconds;

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr auto kCreate = Rpc::kCreateAuthCode;

TraceContext Sampled() {
  return ParseTraceparent("00-" + std::string(kTrace) + "-b7ad6b7169203331-01");
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(OpenMetrics, WritesEachTypeWithItsExemplars) {
  ClientMetric counter;
  counter.label = {{"reason", "a \"b\\\nc"}};
  counter.counter.value = 2;
  ClientMetric gauge;
  gauge.gauge.value = -std::numeric_limits<double>::infinity();
  ClientMetric histogram;
  histogram.label = {{"rpc", "x"}};
  histogram.histogram.sample_count = 3;
  histogram.histogram.sample_sum = 4.5;
  for (const auto& [count, bound] :
       {std::pair{1, 1.0}, {3, 2.5}, {3, std::numeric_limits<double>::infinity()}}) {
    ClientMetric::Bucket bucket;
    bucket.cumulative_count = static_cast<uint64_t>(count);
    bucket.upper_bound = bound;
    histogram.histogram.bucket.push_back(bucket);
  }
  Exemplars exemplars;
  exemplars.Add("errors_total", {{"reason", "a \"b\\\nc"}}).Record(1, Sampled());
  exemplars.Add("seconds", {{"rpc", "x"}}, {1, 2.5}).Record(2, Sampled());
  std::string text =
      WriteOpenMetrics({{"errors_total", "Some \"help\".", MetricType::Counter, {counter}},
                        {"level", "Help.", MetricType::Gauge, {gauge}},
                        {"seconds", "Help.", MetricType::Histogram, {histogram}}},
                       exemplars);
  text = std::regex_replace(text, std::regex(R"( \d{10}\.\d{3}\n)"), " TIME\n");
  EXPECT_EQ(text,
            R"(# HELP errors Some \"help\".
# TYPE errors counter
errors_total{reason="a \"b\\\nc"} 2 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 1 TIME
# HELP level Help.
# TYPE level gauge
level -Inf
# HELP seconds Help.
# TYPE seconds histogram
seconds_bucket{rpc="x",le="1.0"} 1
seconds_bucket{rpc="x",le="2.5"} 3 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 2 TIME
seconds_bucket{rpc="x",le="+Inf"} 3
seconds_count{rpc="x"} 3
seconds_sum{rpc="x"} 4.5
# EOF
)");
}

// The value of each sample, with the bounds of buckets as numbers.
std::map<std::string, double> Samples(const std::string& text) {
  static const std::regex kSample(R"re(([a-z_]+)((?:\{[^}]*\})?) (\S+)(?: # .*)?)re");
  static const std::regex kWholeBound(R"re(le="(\d+)\.0")re");
  std::map<std::string, double> samples;
  for (const std::string& line : Lines(text)) {
    if (line.starts_with('#')) continue;
    std::smatch parts;
    EXPECT_TRUE(std::regex_match(line, parts, kSample)) << line;
    const std::string labels = std::regex_replace(parts.str(2), kWholeBound, "le=\"$1\"");
    samples[parts.str(1) + labels] = std::stod(parts.str(3));
  }
  return samples;
}

TEST(OpenMetrics, HaveTheSamplesOfTheOtherFormat) {
  Metrics metrics;
  metrics.CallStarted(kCreate);
  metrics.CallFinished(kCreate, 14, milliseconds(7), Sampled());
  metrics.ErrorReturned(kCreate, 17, Sampled());
  const auto samples = Samples(metrics.RenderOpenMetrics());
  EXPECT_GT(samples.size(), 200u);
  EXPECT_EQ(samples, Samples(metrics.Render()));
}

TEST(OpenMetrics, HaveEachFamilyOnceAndAnEnd) {
  const std::vector<std::string> lines = Lines(Metrics().RenderOpenMetrics());
  std::set<std::string> families;
  std::string family, type;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string hash, keyword, name;
    words >> hash >> keyword >> name;
    if (keyword == "HELP") {
      EXPECT_TRUE(families.insert(family = name).second) << line;
    } else if (keyword == "TYPE") {
      EXPECT_EQ(name, family);
      words >> type;
    } else if (keyword != "EOF") {
      EXPECT_TRUE(line.starts_with(family)) << line;
      EXPECT_TRUE(type != "counter" || line.starts_with(family + "_total")) << line;
    }
  }
  EXPECT_EQ(lines.back(), "# EOF");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "# EOF"), 1);
}

TEST(OpenMetrics, NameTheTraceOfADurationAndOfAReason) {
  Metrics metrics;
  metrics.CallStarted(kCreate);
  metrics.CallFinished(kCreate, 14, milliseconds(7), Sampled());
  metrics.ErrorReturned(kCreate, 17, Sampled());
  std::vector<std::string> named;
  for (const std::string& line : Lines(metrics.RenderOpenMetrics())) {
    const size_t at = line.find(" # {trace_id=\"" + std::string(kTrace));
    if (at != std::string::npos) named.push_back(line.substr(0, line.find('{')));
    if (at != std::string::npos && line.find("le=") != std::string::npos) {
      EXPECT_NE(line.find("le=\"0.01\""), std::string::npos) << line;
    }
  }
  EXPECT_THAT(named, testing::UnorderedElementsAre("grpc_server_handling_seconds_bucket",
                                                   "oauth_gateway_errors_total"));
  EXPECT_EQ(metrics.Render().find(kTrace), std::string::npos) << "that format has none";
}

}  // namespace
}  // namespace modelgates::gateway
