#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/fake_upstream.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {

// A span as a collector received it.
struct ReceivedSpan {
  std::string name;
  std::string trace_id;
  std::string span_id;
  std::string parent;
  int kind = 0;
  int flags = 0;
  int64_t start = 0;  // nanoseconds
  int64_t end = 0;
  bool failed = false;
  std::string tracestate;
  std::map<std::string, std::string> attributes;  // every value as text
  std::vector<std::string> links;                 // trace id and span id

  bool is_server() const { return kind == 2; }
};

// The settings of a gateway that sends its spans to `url` as soon as there are some.
TraceSettings TracesTo(const std::string& url, const Environment& more = {});

// All spans that came to `collector`; throws when a request is not OTLP/JSON.
std::vector<ReceivedSpan> SpansOf(const FakeUpstream& collector);

}  // namespace modelgates::gateway
