#include "trace/trace_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "base/percent_encoding.h"
#include "config/value_rules.h"
#include "http/base_url.h"
#include "http/http.h"
#include "http/url.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

constexpr char kServiceName[] = "service.name";
constexpr int kMostMilliseconds = 3'600'000;
constexpr int kMostSpans = 65'536;

struct Variable {
  std::string name;
  std::string_view value;
};

struct SamplerName {
  std::string_view name;
  bool parent_based;
  bool has_ratio;
  double ratio;
};
constexpr SamplerName kSamplers[] = {
    {"always_on", false, false, 1},
    {"always_off", false, false, 0},
    {"traceidratio", false, true, 1},
    {"parentbased_always_on", true, false, 1},
    {"parentbased_always_off", true, false, 0},
    {"parentbased_traceidratio", true, true, 1},
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// "key=value,key=value", values percent-encoded (W3C Baggage without properties).
std::optional<Pairs> ParsePairs(std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = Trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = Trim(pair.substr(0, equals));
    const auto value = PercentDecoded(Trim(pair.substr(equals + 1)));
    if (key.empty() || !value) return std::nullopt;
    pairs.emplace_back(key, value->Reveal());
  }
  return pairs;
}

bool MaySend(std::string_view name, std::string_view value) {
  const bool has_name = EqualsIgnoringCase(name, "authorization") || !HeaderNameRule(name);
  return has_name && IsFieldValue(value);
}

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  ReadTraceSettings Read() {
    if (!IsWanted() || !ReadEndpoint()) return {{}, std::move(warnings_)};
    ReadExporter();
    ReadSampler();
    ReadBatches();
    ReadResource();
    return {std::move(settings_), std::move(warnings_)};
  }

 private:
  std::optional<Variable> Find(std::string name) const {
    const auto found = environment_.find(name);
    if (found == environment_.end() || Trim(found->second).empty()) return std::nullopt;
    return Variable{std::move(name), Trim(found->second)};
  }
  // The variable for traces has precedence over that for all signals.
  std::optional<Variable> FindOtlp(std::string_view what) const {
    if (auto own = Find(fmt::format("OTEL_EXPORTER_OTLP_TRACES_{}", what))) return own;
    return Find(fmt::format("OTEL_EXPORTER_OTLP_{}", what));
  }
  void Warn(const Variable& variable, std::string_view why) {
    warnings_.push_back(fmt::format("{} (environment variable) {}", variable.name, why));
  }

  bool IsWanted() {
    if (const auto disabled = Find("OTEL_SDK_DISABLED")) {
      if (EqualsIgnoringCase(disabled->value, "true")) return false;
    }
    const auto exporter = Find("OTEL_TRACES_EXPORTER");
    if (!exporter || exporter->value == "otlp") return true;
    if (exporter->value != "none") Warn(*exporter, "is neither otlp nor none: there are no traces");
    return false;
  }

  bool ReadEndpoint() {
    const auto own = Find("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    const auto endpoint = own ? own : Find("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (!endpoint) return false;
    const auto protocol = FindOtlp("PROTOCOL");
    if (protocol && protocol->value != "http/json") {
      Warn(*protocol, "is not http/json, the only protocol there is: there are no traces");
      return false;
    }
    if (const auto key = FindOtlp("CLIENT_KEY")) {
      Warn(*key, "is not used: the gateway has no client certificate, so there are no traces");
      return false;
    }
    const absl::StatusOr<BaseUrl> url = ParseBaseUrl(endpoint->value);
    if (!url.ok()) {
      Warn(*endpoint, std::string(url.status().message()) + ": there are no traces");
      return false;
    }
    settings_.origin = url->origin;
    settings_.path = own ? url->path : url->path + "/v1/traces";
    if (settings_.path.empty()) settings_.path = "/";
    return true;
  }

  void ReadExporter() {
    if (const auto headers = FindOtlp("HEADERS")) ReadHeaders(*headers);
    if (const auto file = FindOtlp("CERTIFICATE")) {
      settings_.ca_file = file->value;
      if (const Rule broken = CaFileRule(file->value)) Warn(*file, *broken);
    }
    if (const auto compression = FindOtlp("COMPRESSION")) {
      if (compression->value != "none")
        Warn(*compression, "is not used: traces are not compressed");
    }
    ReadNumber(FindOtlp("TIMEOUT"), kMostMilliseconds, settings_.timeout);
  }

  void ReadHeaders(const Variable& variable) {
    const std::optional<Pairs> pairs = ParsePairs(variable.value);
    bool fit = pairs.has_value();
    for (const auto& [name, value] : pairs.value_or(Pairs())) {
      fit = fit && MaySend(name, value);
      settings_.headers.emplace_back(name, Secret(value));
    }
    if (fit) {
      if (CrossesNetworkInClear(settings_.origin)) {
        Warn(variable, "crosses the network in clear: the endpoint is http");
      }
      return;
    }
    settings_.headers.clear();
    Warn(variable,
         "is not used: it must be name=value,name=value of header fields, "
         "percent-encoded, and none that the gateway itself sends");
  }

  void ReadSampler() {
    const auto variable = Find("OTEL_TRACES_SAMPLER");
    if (!variable) return;
    for (const SamplerName& it : kSamplers) {
      if (it.name != variable->value) continue;
      settings_.sampler = {it.parent_based, it.ratio};
      if (it.has_ratio) ReadRatio();
      return;
    }
    Warn(*variable, "is not used: it is no sampler that the gateway has");
  }

  void ReadRatio() {
    const auto variable = Find("OTEL_TRACES_SAMPLER_ARG");
    if (!variable) return;
    double ratio = 0;
    const char* end = variable->value.data() + variable->value.size();
    const auto [rest, error] = std::from_chars(variable->value.data(), end, ratio);
    if (error == std::errc() && rest == end && ratio >= 0 && ratio <= 1) {
      settings_.sampler.ratio = ratio;
    } else {
      Warn(*variable, "is not used: it must be a number from 0 to 1");
    }
  }

  void ReadBatches() {
    ReadNumber(Find("OTEL_BSP_SCHEDULE_DELAY"), kMostMilliseconds, settings_.schedule_delay);
    ReadNumber(Find("OTEL_BSP_EXPORT_TIMEOUT"), kMostMilliseconds, settings_.export_timeout);
    ReadNumber(Find("OTEL_BSP_MAX_QUEUE_SIZE"), kMostSpans, settings_.max_queue);
    ReadNumber(Find("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), kMostSpans, settings_.max_batch);
    settings_.max_batch = std::min(settings_.max_batch, settings_.max_queue);
  }

  template <class Setting>
  void ReadNumber(const std::optional<Variable>& variable, int most, Setting& setting) {
    if (!variable) return;
    int number = 0;
    const char* end = variable->value.data() + variable->value.size();
    const auto [rest, error] = std::from_chars(variable->value.data(), end, number);
    if (error == std::errc() && rest == end && number >= 1 && number <= most) {
      setting = Setting(number);
    } else {
      Warn(*variable, fmt::format("is not used: it must be a whole number from 1 to {}", most));
    }
  }

  void ReadResource() {
    settings_.resource = {{kServiceName, "oauth-gateway"}};
    if (const auto variable = Find("OTEL_RESOURCE_ATTRIBUTES")) {
      std::optional<Pairs> pairs = ParsePairs(variable->value);
      if (!pairs) Warn(*variable, "is not used: it must be name=value,name=value, percent-encoded");
      for (auto& [name, value] : pairs.value_or(Pairs())) SetResource(name, value);
    }
    if (const auto name = Find("OTEL_SERVICE_NAME")) {
      SetResource(kServiceName, std::string(name->value));
    }
  }

  void SetResource(const std::string& name, const std::string& value) {
    for (auto& [known, old] : settings_.resource) {
      if (known == name) {
        old = value;
        return;
      }
    }
    settings_.resource.emplace_back(name, value);
  }

  const Environment& environment_;
  TraceSettings settings_;
  std::vector<std::string> warnings_;
};

}  // namespace

ReadTraceSettings ReadTraceVariables(const Environment& environment) {
  return Reader(environment).Read();
}

std::string Describe(const TraceSettings& settings) {
  if (!settings.enabled()) return "traces: off";
  return fmt::format("traces: to {}{}, of {} of the calls{}, as {}", settings.origin, settings.path,
                     settings.sampler.ratio,
                     settings.sampler.parent_based ? " whose caller does not decide" : "",
                     settings.resource.front().second);
}

}  // namespace modelgates::gateway
