#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "http/http.h"

namespace modelgates::gateway {

// Which failures of requests to the upstream are worth a log line: the first with its cause, one a
// minute while the cause stays, and the end of it. The others are counted. Loop thread only.
class UpstreamFailures {
 public:
  // There was no complete answer. Nullopt: no line; else how many failures with this cause the line
  // stands for, this one included.
  std::optional<uint64_t> OnFailed(TransportFailure failure, FailureDetail detail, TimePoint now);
  // There was an answer. Nullopt: no line; else how many requests failed until the upstream
  // answered again. It does when the last failure is 10 s ago, since one may also fail now and
  // then.
  std::optional<uint64_t> OnAnswered(TimePoint now);

 private:
  struct Cause {
    uint64_t unsaid = 0;  // failures since its last line
    std::optional<TimePoint> next_line;
  };

  static constexpr size_t kFailures = static_cast<size_t>(kLastTransportFailure) + 1;
  static constexpr size_t kDetails = static_cast<size_t>(kLastFailureDetail) + 1;

  std::array<Cause, kFailures * kDetails> causes_{};
  uint64_t failures_ = 0;  // since the upstream answered, 0: it does
  TimePoint last_failure_{};
};

}  // namespace modelgates::gateway
