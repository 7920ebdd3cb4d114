#pragma once

#include <absl/functional/any_invocable.h>

namespace modelgates::gateway {

// Gives numbers in [0, 1) for jitter.
using RandomSource = absl::AnyInvocable<double()>;

}  // namespace modelgates::gateway
