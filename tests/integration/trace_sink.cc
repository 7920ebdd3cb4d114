#include "integration/trace_sink.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;

std::string TextOf(const json& value) {
  const json& only = value.begin().value();
  return only.is_string() ? only.get<std::string>() : only.dump();
}

ReceivedSpan ToSpan(const json& it) {
  ReceivedSpan span;
  span.name = it.at("name");
  span.trace_id = it.at("traceId");
  span.span_id = it.at("spanId");
  span.parent = it.value("parentSpanId", "");
  span.kind = it.at("kind");
  span.flags = it.at("flags");
  span.start = std::stoll(it.at("startTimeUnixNano").get<std::string>());
  span.end = std::stoll(it.at("endTimeUnixNano").get<std::string>());
  span.failed = it.at("status").value("code", 0) == 2;
  span.tracestate = it.value("traceState", "");
  for (const json& attribute : it.at("attributes")) {
    span.attributes[attribute.at("key")] = TextOf(attribute.at("value"));
  }
  for (const json& link : it.value("links", json::array())) {
    span.links.push_back(link.at("traceId").get<std::string>() + " " +
                         link.at("spanId").get<std::string>());
  }
  return span;
}

}  // namespace

TraceSettings TracesTo(const std::string& url, const Environment& more) {
  Environment variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", url}, {"OTEL_BSP_SCHEDULE_DELAY", "10"}};
  for (const auto& [name, value] : more) variables[name] = value;
  return ReadTraceVariables(variables).settings;
}

std::vector<ReceivedSpan> SpansOf(const FakeUpstream& collector) {
  std::vector<ReceivedSpan> spans;
  for (const ReceivedRequest& request : collector.Requests()) {
    if (!request.complete) continue;
    const json body = json::parse(request.body);
    for (const json& resource : body.at("resourceSpans")) {
      for (const json& scope : resource.at("scopeSpans")) {
        for (const json& span : scope.at("spans")) spans.push_back(ToSpan(span));
      }
    }
  }
  return spans;
}

}  // namespace modelgates::gateway
