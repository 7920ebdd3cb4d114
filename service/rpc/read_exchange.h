#pragma once

#include "exchange/exchange_observer.h"
#include "exchange/exchange_result.h"
#include "failure/failed_call.h"

namespace modelgates::gateway {

// An ExchangeReader. The answer is read here and nowhere else, unless it has to be shown in an
// error reply.
ExchangeResult ReadExchange(Outcome outcome, ExchangeObserver* observer);

// The failed call of one of the callers. `failure` must outlive it.
FailedCall FailExchange(const ExchangeFailure& failure);

}  // namespace modelgates::gateway
