#pragma once

#include "exchange/exchange_observer.h"
#include "exchange/exchange_result.h"
#include "failure/failed_call.h"

namespace modelgates::gateway {

// An ExchangeReader.
ExchangeResult ReadExchange(Outcome outcome, ExchangeObserver* observer);

// The failure for one of the callers. `failure` must outlive the result.
FailedCall FailExchange(const ExchangeFailure& failure);

}  // namespace modelgates::gateway
