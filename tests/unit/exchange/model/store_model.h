#pragma once

#include "unit/exchange/model/exchange_model.h"

namespace modelgates::gateway::model {

// The scripts of the store (exchange/shared/redis_exchange_scripts.h), each of which is executed at
// once. `overtaken`: the step is older than the last one that was executed for the same claim.

enum class Found : uint8_t { kClaimed, kElsewhere, kLost, kKey, kUnknown, kGivenOut };

Found ClaimFor(State& state, uint8_t fence, bool overtaken, Weakness weakness);

// False: the exchange is not claimed with this fence, and the step has no effect.
bool Execute(State& state, Step step, uint8_t fence, bool overtaken, Weakness weakness);

}  // namespace modelgates::gateway::model
