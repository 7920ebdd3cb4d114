#pragma once

#include <cstdint>

namespace modelgates::gateway {

// What became of an exchange, as far as its replay goes. Part of what gateways tell one another:
// numbers stay, see exchange_record.proto.
enum class ExchangeResult : uint8_t {
  kSuccess = 0,   // an answer that holds a key
  kSpent = 1,     // the code was used, but the answer cannot be read
  kRejected = 2,  // refused, by the upstream or by something in front of it
  kUnknown = 3,   // sent, and the outcome cannot be known
  kUnsent = 4,    // the code was not used: leaves no memory
};

}  // namespace modelgates::gateway
