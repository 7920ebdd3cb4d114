#pragma once

#include <vector>

#include "stage.h"

namespace modelgates::bench {

// Each runs load against a fresh stage and says what became of the promises that it is about.

std::vector<Promise> OutageWithoutBreaker();
std::vector<Promise> OutageAndRecovery();
std::vector<Promise> BrownOut();
std::vector<Promise> Overload();
std::vector<Promise> Deadlines();
// Callers that leave early, with an upstream that never answers.
std::vector<Promise> Silence();
std::vector<Promise> ClockStep();
// Every way in which the sandbox can fail to answer, for the memory that it costs.
std::vector<Promise> Faults();

}  // namespace modelgates::bench
