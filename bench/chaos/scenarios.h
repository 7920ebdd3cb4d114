#pragma once

#include <vector>

#include "stage.h"

namespace modelgates::bench {

// Each runs load against a new stage and returns the promises that it checks.

std::vector<Promise> OutageWithoutBreaker();
std::vector<Promise> OutageAndRecovery();
std::vector<Promise> BrownOut();
std::vector<Promise> Overload();
std::vector<Promise> Deadlines();
// Callers that cancel early, with an upstream that never answers.
std::vector<Promise> Silence();
std::vector<Promise> ClockStep();
// Replaces all files that operators rotate, every third time by broken ones.
std::vector<Promise> Rotation();
// One caller far above its share, and ten within theirs.
std::vector<Promise> Fairness();
// One peer without a credential that does not keep to the protocol, beside an ordinary caller.
std::vector<Promise> Hostile();
// An upstream that ends HTTP/2 connections while exchanges are on their way.
std::vector<Promise> EndedConnections();
// The master of the shared store is killed again and again.
std::vector<Promise> Failover();
// A gateway, the master of the shared store and a sentinel are cut off from all others.
std::vector<Promise> Partition();
// What it costs to wait for a replica of the shared store.
std::vector<Promise> ReplicaCost();
// Every fault of the sandbox, to measure the memory that it takes.
std::vector<Promise> Faults();

}  // namespace modelgates::bench
