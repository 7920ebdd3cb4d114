#include "trace/otlp_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>

#include "base/json_reader.h"
#include "base/json_writer.h"

namespace modelgates::gateway {
namespace {

// The version of the conventions whose attributes the spans have.
constexpr std::string_view kSchemaUrl = "https://opentelemetry.io/schemas/1.45.0";

// SpanFlags of OTLP; the lowest bit is that of traceparent.
constexpr int kSampled = 0x1;
constexpr int kHasIsRemote = 0x100;
constexpr int kIsRemote = 0x200;

constexpr int kStatusError = 2;

class Object {
 public:
  explicit Object(std::string& out) : out_(out), json_(out) { json_.BeginObject(); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { json_.EndObject(); }

  void Text(std::string_view name, std::string_view value) { json_.Member(name, value); }
  void Bare(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), R"("{}":{},)", name, value);
  }
  void Number(std::string_view name, int value) {
    const fmt::format_int digits(value);
    Bare(name, {digits.data(), digits.size()});
  }
  // What follows is the value; then EndValue.
  void BeginValue(std::string_view name, std::string_view opening = "") {
    fmt::format_to(std::back_inserter(out_), R"("{}":{})", name, opening);
  }
  void EndValue(std::string_view closing = "") {
    if (!closing.empty() && out_.back() == ',') out_.pop_back();
    out_.append(closing).append(",");
  }

 private:
  std::string& out_;
  JsonWriter json_;
};

struct ValueWriter {
  Object& value;
  void operator()(bool it) const { value.Bare("boolValue", it ? "true" : "false"); }
  void operator()(std::string_view it) const { value.Text("stringValue", it); }
  void operator()(Span::NumberText it) const {
    const fmt::format_int digits(it.value);
    value.Text("stringValue", {digits.data(), digits.size()});
  }
  void operator()(int it) const {
    const fmt::format_int digits(it);
    value.Text("intValue", {digits.data(), digits.size()});
  }
};

void AddAttribute(std::string& out, std::string_view name, const Span::Value& value) {
  {
    Object attribute(out);
    attribute.Text("key", name);
    attribute.BeginValue("value");
    {
      Object typed(out);
      std::visit(ValueWriter{typed}, value);
    }
    attribute.EndValue();
  }
  out += ',';
}

void AddTime(Object& span, std::string_view name, std::chrono::nanoseconds since_1970) {
  const fmt::format_int digits(since_1970.count());
  span.Text(name, {digits.data(), digits.size()});
}

void AddSpan(std::string& out, const Span& it) {
  {
    Object span(out);
    span.Text("traceId", it.context.trace_id.text());
    span.Text("spanId", it.context.span_id.text());
    if (it.tracestate != nullptr) span.Text("traceState", *it.tracestate);
    if (!it.parent.empty()) span.Text("parentSpanId", it.parent.text());
    span.Number("flags", kSampled | kHasIsRemote | (it.parent_is_remote ? kIsRemote : 0));
    span.Text("name", it.name);
    span.Number("kind", static_cast<int>(it.kind));
    AddTime(span, "startTimeUnixNano", it.start);
    AddTime(span, "endTimeUnixNano", it.start + it.duration);
    span.BeginValue("attributes", "[");
    for (const Span::Attribute& attribute : it.attributes()) {
      AddAttribute(out, attribute.name, attribute.value);
    }
    if (it.auth_code_fp[0] != '\0') {
      AddAttribute(out, "modelgates.auth_code_fp",
                   std::string_view(it.auth_code_fp.data(), it.auth_code_fp.size()));
    }
    span.EndValue("]");
    if (it.link.valid()) {
      span.BeginValue("links", "[");
      {
        Object link(out);
        link.Text("traceId", it.link.trace_id.text());
        link.Text("spanId", it.link.span_id.text());
        link.Number("flags", kSampled | kHasIsRemote);
      }
      span.EndValue("]");
    }
    span.BeginValue("status");
    {
      Object status(out);
      if (it.failed) status.Number("code", kStatusError);
    }
    span.EndValue();
  }
  out += ',';
}

}  // namespace

OtlpJson::OtlpJson(std::span<const std::pair<std::string, std::string>> resource,
                   std::string_view version) {
  head_ = R"({"resourceSpans":[{"resource":{"attributes":[)";
  for (const auto& [name, value] : resource) AddAttribute(head_, name, std::string_view(value));
  if (head_.back() == ',') head_.pop_back();
  head_ += R"(]},"scopeSpans":[{"scope":)";
  {
    Object scope(head_);
    scope.Text("name", "modelgates-oauth-gateway");
    scope.Text("version", version);
  }
  head_ += R"(,"spans":[)";
}

void OtlpJson::Begin() { out_ = head_; }

void OtlpJson::Add(std::span<const Span> spans) {
  for (const Span& span : spans) AddSpan(out_, span);
}

std::string OtlpJson::End() {
  if (out_.back() == ',') out_.pop_back();
  out_ += fmt::format(R"(],"schemaUrl":"{}"}}],"schemaUrl":"{}"}}]}})", kSchemaUrl, kSchemaUrl);
  return std::exchange(out_, std::string());
}

int64_t RejectedSpans(std::string& body) {
  int64_t rejected = 0;
  const auto read = [&](JsonValue& value) {
    const auto digits = value.type() == JsonType::kString ? value.String() : value.NumberToken();
    if (!digits) return;
    std::from_chars(digits->data(), digits->data() + digits->size(), rejected);
  };
  const bool is_json = VisitJson(body, [&](JsonValue& root) {
    root.ForEachMember([&](std::string_view name, JsonValue& value) {
      if (name != "partialSuccess") return;
      value.ForEachMember([&](std::string_view member, JsonValue& count) {
        if (member == "rejectedSpans") read(count);
      });
    });
  });
  return is_json ? std::max<int64_t>(rejected, 0) : 0;
}

}  // namespace modelgates::gateway
