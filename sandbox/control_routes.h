#pragma once

#include "sandbox/fault_plan.h"
#include "sandbox/route_table.h"
#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

// Adds the routes that control the sandbox, which ModelGates does not have. `faults` and `stats`
// must outlive the table.
//
//   POST   /control/faults   a fault or an array of them (fault_script.h): 200, {"pending": n}
//   DELETE /control/faults   removes all pending faults: 200, {"pending": 0}
//   GET    /control/stats    the counters of SandboxCounts
void AddControlRoutes(RouteTable& routes, FaultPlan& faults, SandboxStats& stats);

// GET /healthz: 200, {"status": "ok"}
void AddProbeRoutes(RouteTable& routes);

}  // namespace modelgates::sandbox
