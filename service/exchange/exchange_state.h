#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// The state of one exchange.
enum class ExchangeState : uint8_t {
  kReserved,    // known; nothing was offered to the kernel
  kSending,     // the upstream may have the code
  kBackoff,     // certainly not sent; waits for a retry
  kRecovering,  // the attempt after an unknown outcome
  kDone,        // answered with a key, kept for repeats
  kSpent,       // answered, without a key to give: unreadable, or given and wiped
  kRejected,    // the upstream refused the code
  kUnknown,     // the answer is lost
  kForgotten,   // finished and not kept; not counted
};

// The number of states that are counted.
inline constexpr size_t kExchangeStateCount = 8;

// Whether the exchange has finished.
constexpr bool IsOver(ExchangeState state) { return state >= ExchangeState::kDone; }

// The possible changes of state (ADR 9). kSending may return to kReserved: a connection may take no
// byte, and another gateway may give an exchange back.
constexpr bool MayFollow(ExchangeState from, ExchangeState to) {
  using enum ExchangeState;
  switch (from) {
    case kReserved:
      return to == kSending || to == kBackoff || IsOver(to);
    case kSending:
      return to == kReserved || to == kBackoff || to == kRecovering || IsOver(to);
    case kBackoff:
      return to == kReserved || IsOver(to);
    case kRecovering:
      return IsOver(to);
    case kDone:
      return to == kSpent || to == kForgotten;
    case kSpent:
    case kRejected:
    case kUnknown:
      return to == kForgotten;
    case kForgotten:
      return false;
  }
  return false;
}

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
    case ExchangeState::kForgotten:
      return "forgotten";
  }
  return "unknown";
}

}  // namespace modelgates::gateway
