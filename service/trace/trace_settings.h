#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "config/environment.h"
#include "trace/sampler.h"

namespace modelgates::gateway {

// What the variables OTEL_* say about traces (OpenTelemetry specification: environment variables of
// the SDK, of the OTLP exporter).
struct TraceSettings {
  // The collector: scheme, host and port; empty: there are no traces.
  std::string origin;
  std::string path;  // "/v1/traces"
  // Field lines of each request; values may be secrets.
  std::vector<std::pair<std::string, Secret>> headers;
  std::string ca_file;  // empty: the system's
  std::chrono::milliseconds timeout{10'000};

  Sampler sampler;
  std::chrono::milliseconds schedule_delay{5'000};
  std::chrono::milliseconds export_timeout{30'000};  // of one batch, with its retries
  size_t max_queue = 2'048;
  size_t max_batch = 512;

  // Of the resource, service.name first.
  std::vector<std::pair<std::string, std::string>> resource;

  bool enabled() const { return !origin.empty(); }
};

struct ReadTraceSettings {
  TraceSettings settings;
  // One sentence for each variable that is not used as it is. As OpenTelemetry demands, none of
  // them keeps the program from starting.
  std::vector<std::string> warnings;
};

// Without a variable for the endpoint there are no traces, unlike with an SDK, which would send
// them to localhost. A variable that is empty counts as absent.
ReadTraceSettings ReadTraceVariables(const Environment& environment);

// For people, without secrets: "traces: off", or where to and which.
std::string Describe(const TraceSettings& settings);

}  // namespace modelgates::gateway
