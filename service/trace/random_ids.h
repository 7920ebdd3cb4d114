#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "trace/trace_context.h"

namespace modelgates::gateway {

// New ids of traces and spans, from OpenSSL's random generator. Any thread.
class RandomIds {
 public:
  TraceId NewTraceId();
  SpanId NewSpanId();

 private:
  template <size_t kDigits>
  HexId<kDigits> New();

  std::mutex mutex_;
  std::array<uint8_t, 1024> bytes_;  // guarded by mutex_
  size_t left_ = 0;                  // guarded by mutex_
};

}  // namespace modelgates::gateway
