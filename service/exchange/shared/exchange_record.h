#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange_result.h"

namespace modelgates::gateway {

// A finished exchange, serialized for other gateways (ExchangeStore). A failure must have an
// outcome. The record contains secrets: it must be sealed before it leaves the process, and wiped.
std::string ToExchangeRecord(const ExchangeResult& result);

// A key, or the outcome of a failed exchange, for an ExchangeReader.
using ReadRecord = std::variant<Outcome, ApiKey>;

// nullopt: a newer gateway wrote it in a form that this one does not understand, or it was not
// written by a gateway.
std::optional<ReadRecord> FromExchangeRecord(std::string_view record);

}  // namespace modelgates::gateway
