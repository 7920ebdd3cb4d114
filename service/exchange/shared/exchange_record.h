#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange_result.h"

namespace modelgates::gateway {

// A finished exchange as gateways hand it to one another (ExchangeStore). A failure must have an
// outcome. The record holds secrets: to be sealed before it goes anywhere, and wiped.
std::string ToExchangeRecord(const ExchangeResult& result);

// A key, or what the upstream answered to an exchange that failed: an ExchangeReader says what that
// means.
using ReadRecord = std::variant<Outcome, ApiKey>;

// nullopt: a later version of the gateway wrote it and says more than this one understands, or no
// gateway wrote it.
std::optional<ReadRecord> FromExchangeRecord(std::string_view record);

}  // namespace modelgates::gateway
