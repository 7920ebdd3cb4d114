#include "trace/otlp_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::vector<std::pair<std::string, std::string>> kResource = {
    {"service.name", "oauth-gateway"}, {"quoted", "a\"b\\\n"}};

TraceContext Context(const std::string& span_id) {
  return ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-" + span_id + "-01");
}

Span ServerSpan() {
  Span span;
  span.context = Context("b7ad6b7169203331");
  span.parent = Context("00f067aa0ba902b7").span_id;
  span.parent_is_remote = true;
  span.name = "service/Method";
  span.start = 1'764'237'600s + 5us;
  span.duration = 1500us;
  span.failed = true;
  span.link = Context("1111111111111111");
  span.auth_code_fp = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b'};
  span.tracestate = std::make_shared<const std::string>("a=\"1\"");
  span.Add("text", "it's");
  span.Add("number", 42);
  span.Add("number.as_text", Span::NumberText{503});
  span.Add("flag", true);
  return span;
}

std::string Encoded(std::span<const Span> spans) {
  OtlpJson encoder(kResource, "1.2.3");
  encoder.Begin();
  encoder.Add(spans);
  return encoder.End();
}

// opentelemetry-proto, trace.proto, and the section on JSON of the specification of OTLP.
TEST(OtlpJson, IsWhatTheSpecificationSays) {
  const Span spans[] = {ServerSpan()};
  EXPECT_EQ(json::parse(Encoded(spans)), json::parse(R"({"resourceSpans": [{
    "resource": {"attributes": [
      {"key": "service.name", "value": {"stringValue": "oauth-gateway"}},
      {"key": "quoted", "value": {"stringValue": "a\"b\\\n"}}]},
    "scopeSpans": [{
      "scope": {"name": "modelgates-oauth-gateway", "version": "1.2.3"},
      "spans": [{
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
        "traceState": "a=\"1\"", "parentSpanId": "00f067aa0ba902b7", "flags": 769,
        "name": "service/Method", "kind": 2,
        "startTimeUnixNano": "1764237600000005000", "endTimeUnixNano": "1764237600001505000",
        "attributes": [
          {"key": "text", "value": {"stringValue": "it's"}},
          {"key": "number", "value": {"intValue": "42"}},
          {"key": "number.as_text", "value": {"stringValue": "503"}},
          {"key": "flag", "value": {"boolValue": true}},
          {"key": "modelgates.auth_code_fp", "value": {"stringValue": "0123456789ab"}}],
        "links": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "1111111111111111",
                   "flags": 257}],
        "status": {"code": 2}}],
      "schemaUrl": "https://opentelemetry.io/schemas/1.45.0"}],
    "schemaUrl": "https://opentelemetry.io/schemas/1.45.0"}]})"));
}

TEST(OtlpJson, LeavesOutWhatASpanDoesNotHave) {
  Span span;
  span.context = Context("b7ad6b7169203331");
  span.kind = SpanKind::kClient;
  span.name = "POST /path";
  const Span spans[] = {span, ServerSpan()};
  const json sent = json::parse(Encoded(spans))["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0], json::parse(R"({
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "flags": 257,
    "name": "POST /path", "kind": 3, "startTimeUnixNano": "0", "endTimeUnixNano": "0",
    "attributes": [], "status": {}})"));
}

TEST(OtlpJson, BeginsAnewAfterEachRequest) {
  OtlpJson encoder(kResource, "1.2.3");
  const Span spans[] = {ServerSpan()};
  encoder.Begin();
  encoder.Add(spans);
  const std::string first = encoder.End();
  encoder.Begin();
  encoder.Add(spans);
  EXPECT_EQ(encoder.End(), first);
}

struct AnswerCase {
  std::string name;
  std::string body;
  int64_t rejected;
};

class RejectedSpansTest : public testing::TestWithParam<AnswerCase> {};

TEST_P(RejectedSpansTest, AreReadOrNone) {
  std::string body = GetParam().body;
  EXPECT_EQ(RejectedSpans(body), GetParam().rejected);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RejectedSpansTest,
    testing::Values(
        AnswerCase{"Empty", "", 0}, AnswerCase{"All", "{}", 0},
        AnswerCase{"AllToo", R"({"partialSuccess":{}})", 0},
        AnswerCase{"Text", R"({"partialSuccess":{"rejectedSpans":"3"}})", 3},
        AnswerCase{"Number", R"({"partialSuccess":{"errorMessage":"x","rejectedSpans":4}})", 4},
        AnswerCase{"Negative", R"({"partialSuccess":{"rejectedSpans":"-3"}})", 0},
        AnswerCase{"OtherTypes", R"({"partialSuccess":[{"rejectedSpans":true}]})", 0},
        AnswerCase{"TooLarge", R"({"partialSuccess":{"rejectedSpans":"99999999999999999999"}})", 0},
        AnswerCase{"Cut", R"({"partialSuccess":{"rejectedSpans":"3")", 0},
        AnswerCase{"Html", "<html>busy</html>", 0},
        AnswerCase{"Bytes", std::string("\0\xff\x80{", 4), 0}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
