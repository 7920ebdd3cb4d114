#pragma once

#include <functional>

#include "base/log.h"

namespace modelgates::gateway {

// Blocks SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2, which must not end the process, in this thread and
// in threads that it starts later.
void BlockHarmlessSignals();

// As BlockHarmlessSignals, for SIGTERM and SIGINT, which WaitForStopSignal waits for.
void BlockStopSignals();

// Waits for SIGTERM or SIGINT. Calls `on_hangup` for each SIGHUP that arrives meanwhile. Other
// signals are logged as `signal_ignored`, also SIGHUP if `on_hangup` is empty.
void WaitForStopSignal(Log& log, const std::function<void()>& on_hangup = {});

}  // namespace modelgates::gateway
