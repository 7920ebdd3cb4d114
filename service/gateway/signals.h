#pragma once

#include <functional>

#include "base/log.h"

namespace modelgates::gateway {

// Blocks SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2, of which the process must never die, in this thread
// and those that it starts from now on.
void BlockHarmlessSignals();

// The same for SIGTERM and SIGINT, which WaitForStopSignal waits for.
void BlockStopSignals();

// Waits for SIGTERM or SIGINT. Calls `on_hangup` for each SIGHUP that comes meanwhile. Other
// signals are logged as `signal_ignored`, and so is SIGHUP when `on_hangup` is empty.
void WaitForStopSignal(Log& log, const std::function<void()>& on_hangup = {});

}  // namespace modelgates::gateway
