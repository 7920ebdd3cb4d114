#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "trace/span.h"

namespace modelgates::gateway {

// Attributes as OtlpJson has them, each followed by a comma: for Span::fixed_attributes.
std::string EncodeAttributes(std::span<const Span::Attribute> attributes);

// ExportTraceServiceRequest of OTLP in JSON (opentelemetry-proto: ids in hexadecimal, enums as
// numbers, 64-bit integers as text), for one resource and one scope. Call Begin, Add for each part,
// End.
class OtlpJson {
 public:
  // `resource`: its attributes.
  OtlpJson(std::span<const std::pair<std::string, std::string>> resource, std::string_view version);

  void Begin();
  void Add(std::span<const Span> spans);
  // The request, which is moved out.
  std::string End();

 private:
  std::string head_;
  std::string out_;
  size_t largest_ = 0;  // request so far: the next one will hardly be larger
};

// ExportTraceServiceResponse: spans that the collector did not take; 0 when it took all, or when
// `body` is no such answer. `body` is modified.
int64_t RejectedSpans(std::string& body);

}  // namespace modelgates::gateway
