#pragma once

#include "base/log.h"

namespace modelgates::gateway {

// Blocks SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2, of which the process must never die, in this thread
// and those that it starts from now on.
void BlockIgnoredSignals();

// The same for SIGTERM and SIGINT, which WaitForStopSignal waits for.
void BlockStopSignals();

// Waits for SIGTERM or SIGINT. Other signals are logged as `signal_ignored`.
void WaitForStopSignal(Log& log);

}  // namespace modelgates::gateway
