#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// Where one exchange stands.
enum class ExchangeState : uint8_t {
  kReserved,    // known, nothing offered to the kernel yet
  kSending,     // past the point of no return
  kBackoff,     // provably unsent, waits to be tried again
  kRecovering,  // the one attempt after an unknown outcome
  kDone,        // answered with a key, kept for repeats
  kSpent,       // answered, and there is no key to give: unreadable, or given and wiped
  kRejected,    // the upstream refused the code
  kUnknown,     // the answer is lost
};

inline constexpr size_t kExchangeStateCount = 8;

constexpr std::string_view ToString(ExchangeState state) {
  switch (state) {
    case ExchangeState::kReserved:
      return "reserved";
    case ExchangeState::kSending:
      return "sending";
    case ExchangeState::kBackoff:
      return "backoff";
    case ExchangeState::kRecovering:
      return "recovering";
    case ExchangeState::kDone:
      return "done";
    case ExchangeState::kSpent:
      return "spent";
    case ExchangeState::kRejected:
      return "rejected";
    case ExchangeState::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace modelgates::gateway
