#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange_result.h"
#include "exchange/kept_answer.h"

namespace modelgates::gateway {

// A finished exchange as gateways hand it to one another (ExchangeStore). Holds what the answer
// holds: to be sealed before it goes anywhere, and wiped.
std::string ToExchangeRecord(const Outcome& outcome, ExchangeResult result);

struct ReadRecord {
  SecretOutcome outcome;
  ExchangeResult result{};
};

// nullopt: made by a version of the gateway that says more than this one understands, or not by a
// gateway at all.
std::optional<ReadRecord> FromExchangeRecord(std::string_view record);

}  // namespace modelgates::gateway
