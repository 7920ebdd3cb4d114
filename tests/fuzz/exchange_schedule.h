#pragma once

#include <map>
#include <string>
#include <vector>

#include "exchange/flights/exchange_registry.h"
#include "fuzz/choices.h"

namespace modelgates::gateway {

// What one schedule showed.
struct ScheduleReport {
  std::vector<std::string> broken;  // promises that were not kept, in words; empty is good
  // By the reason for which the gateway ended a call; unspecified: it did not.
  std::map<oauth::v1::ErrorReason, int> ends;
  int sends = 0;
  int recoveries = 0;
  int joins = 0;
  int replays = 0;
  int unprotected = 0;       // identities of which nothing was promised: no memory, or no store
  int between_gateways = 0;  // results that came from the shared store
};

// One short history of a few identities, as `choices` have it: calls join, leave and repeat;
// requests are refused, sent, reset, cut off, answered or not; timers end, rejections are evicted;
// in some, two gateways share a store that is slow or fails. All times are multiples of one tick,
// so that all this meets in the same turn of the loop again and again.
ScheduleReport RunSchedule(Choices& choices);

}  // namespace modelgates::gateway
