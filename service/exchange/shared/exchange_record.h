#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange_result.h"

namespace modelgates::gateway {

// A finished exchange, serialized for other gateways (ExchangeStore). A failure must have an
// outcome. The record contains secrets: it must be sealed before it leaves the process, and wiped.
std::string ToExchangeRecord(const ExchangeResult& result);

// A key, or what the upstream answered to an exchange that failed: an ExchangeReader says what that
// means.
using ReadRecord = std::variant<Outcome, ApiKey>;

// nullopt: a newer gateway wrote it in a form that this one does not understand, or it was not
// written by a gateway.
std::optional<ReadRecord> FromExchangeRecord(std::string_view record);

}  // namespace modelgates::gateway
