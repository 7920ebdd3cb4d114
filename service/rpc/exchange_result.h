#pragma once

#include "exchange/exchange_registry.h"

namespace modelgates::gateway {

// How long an exchange's outcome is remembered follows from what it says of the code.
ExchangeResult ToExchangeResult(const Outcome& outcome);

}  // namespace modelgates::gateway
