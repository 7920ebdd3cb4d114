#pragma once

#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "trace/trace_context.h"

namespace modelgates::gateway {

// The numbers of OTLP.
enum class SpanKind : uint8_t { kServer = 2, kClient = 3 };

// A span that has ended. Of fixed size: its texts are those of the program and its settings, which
// outlive it, never those of a caller or of the upstream; so it cannot hold a secret.
class Span {
 public:
  // A number that is sent as text, as the conventions want it of an HTTP status in error.type.
  struct NumberText {
    int value;
  };
  using Value = std::variant<bool, int, NumberText, std::string_view>;
  struct Attribute {
    std::string_view name;
    Value value;
  };
  // Fingerprints::Of; NUL: there is none.
  using Fingerprint = std::array<char, 12>;

  TraceContext context;
  SpanId parent;  // empty: the first of its trace
  bool parent_is_remote = false;
  SpanKind kind = SpanKind::kServer;
  std::string_view name;
  // Those that all spans of this name have, encoded once (otlp_json.h).
  std::string_view fixed_attributes;
  std::chrono::nanoseconds start{};  // since 1970
  Duration duration{};
  bool failed = false;
  TraceContext link;  // not valid: there is none
  Fingerprint auth_code_fp{};
  // Of the caller, checked; null: there is none.
  std::shared_ptr<const std::string> tracestate;

  void Add(std::string_view attribute, Value value) {
    assert(size_ < kMaxAttributes);
    attributes_[size_++] = {attribute, value};
  }
  std::span<const Attribute> attributes() const { return {attributes_.data(), size_}; }

 private:
  static constexpr size_t kMaxAttributes = 6;

  std::array<Attribute, kMaxAttributes> attributes_{};
  size_t size_ = 0;
};

}  // namespace modelgates::gateway
