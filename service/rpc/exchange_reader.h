#pragma once

#include "exchange/exchange_registry.h"

namespace modelgates::gateway {

// ExchangeRegistry::Reader. What it says of the code decides how long an outcome is remembered. The
// body of an answer that holds a key becomes the reply: a serialized ExchangeAuthCodeResponse.
ExchangeResult ReadExchange(Outcome& outcome, ExchangeObserver* observer);

}  // namespace modelgates::gateway
