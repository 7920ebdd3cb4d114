#include "trace/otlp_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

// The version of the conventions whose attributes the spans have.
constexpr std::string_view kSchemaUrl = "https://opentelemetry.io/schemas/1.45.0";

// SpanFlags of OTLP; the lowest bit is that of traceparent.
constexpr int kSampled = 0x1;
constexpr int kHasIsRemote = 0x100;
constexpr int kIsRemote = 0x200;

// Appends piece by piece: a format string would cost as much as all else of a span.
void AppendQuoted(std::string& out, std::string_view text) {
  if (PlainPrefix(text) == text.size()) {
    out.append("\"").append(text).append("\"");
    return;
  }
  std::string member;
  JsonWriter(member).Member("", text);  // "":"...",
  constexpr size_t kName = 3;
  out.append(member, kName, member.size() - kName - 1);
}

void AppendNumber(std::string& out, int64_t number) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

void AppendId(std::string& out, std::string_view name, std::string_view id) {
  out.append("\"").append(name).append("\":\"").append(id).append("\",");
}

struct ValueWriter {
  std::string& out;
  void operator()(bool it) const {
    out.append(it ? R"("boolValue":true)" : R"("boolValue":false)");
  }
  void operator()(std::string_view it) const {
    out.append(R"("stringValue":)");
    AppendQuoted(out, it);
  }
  void operator()(Span::NumberText it) const { AsText("\"stringValue\":\"", it.value); }
  void operator()(int it) const { AsText("\"intValue\":\"", it); }
  void AsText(std::string_view opening, int number) const {
    out.append(opening);
    AppendNumber(out, number);
    out += '"';
  }
};

void AddAttribute(std::string& out, std::string_view name, const Span::Value& value) {
  out.append(R"({"key":)");
  AppendQuoted(out, name);
  out.append(R"(,"value":{)");
  std::visit(ValueWriter{out}, value);
  out.append("}},");
}

void DropComma(std::string& out) {
  if (out.back() == ',') out.pop_back();
}

void AddTime(std::string& out, std::string_view name, std::chrono::nanoseconds since_1970) {
  out.append(name);
  AppendNumber(out, since_1970.count());
  out.append("\",");
}

void AddSpan(std::string& out, const Span& span) {
  out += '{';
  AppendId(out, "traceId", span.context.trace_id.text());
  AppendId(out, "spanId", span.context.span_id.text());
  if (!span.parent.empty()) AppendId(out, "parentSpanId", span.parent.text());
  if (span.tracestate != nullptr) {
    out.append(R"("traceState":)");
    AppendQuoted(out, *span.tracestate);
    out += ',';
  }
  out.append(R"("flags":)");
  AppendNumber(out, kSampled | kHasIsRemote | (span.parent_is_remote ? kIsRemote : 0));
  out.append(R"(,"name":)");
  AppendQuoted(out, span.name);
  out.append(R"(,"kind":)");
  AppendNumber(out, static_cast<int>(span.kind));
  AddTime(out, R"(,"startTimeUnixNano":")", span.start);
  AddTime(out, R"("endTimeUnixNano":")", span.start + span.duration);
  out.append(R"("attributes":[)").append(span.fixed_attributes);
  for (const Span::Attribute& attribute : span.attributes()) {
    AddAttribute(out, attribute.name, attribute.value);
  }
  if (span.auth_code_fp[0] != '\0') {
    AddAttribute(out, "modelgates.auth_code_fp",
                 std::string_view(span.auth_code_fp.data(), span.auth_code_fp.size()));
  }
  DropComma(out);
  out.append("],");
  if (span.link.valid()) {
    out.append(R"("links":[{)");
    AppendId(out, "traceId", span.link.trace_id.text());
    AppendId(out, "spanId", span.link.span_id.text());
    out.append(R"("flags":)");
    AppendNumber(out, kSampled | kHasIsRemote);
    out.append("}],");
  }
  out.append(span.failed ? R"("status":{"code":2}},)" : R"("status":{}},)");
}

}  // namespace

std::string EncodeAttributes(std::span<const Span::Attribute> attributes) {
  std::string out;
  for (const Span::Attribute& attribute : attributes) {
    AddAttribute(out, attribute.name, attribute.value);
  }
  return out;
}

OtlpJson::OtlpJson(std::span<const std::pair<std::string, std::string>> resource,
                   std::string_view version) {
  head_ = R"({"resourceSpans":[{"resource":{"attributes":[)";
  for (const auto& [name, value] : resource) AddAttribute(head_, name, std::string_view(value));
  DropComma(head_);
  head_ += R"(]},"scopeSpans":[{"scope":{"name":"modelgates-oauth-gateway","version":)";
  AppendQuoted(head_, version);
  head_ += R"(},"spans":[)";
}

void OtlpJson::Begin() {
  out_.reserve(largest_);
  out_ = head_;
}

void OtlpJson::Add(std::span<const Span> spans) {
  for (const Span& span : spans) AddSpan(out_, span);
}

std::string OtlpJson::End() {
  DropComma(out_);
  out_ += fmt::format(R"(],"schemaUrl":"{}"}}],"schemaUrl":"{}"}}]}})", kSchemaUrl, kSchemaUrl);
  largest_ = std::max(largest_, out_.size());
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
