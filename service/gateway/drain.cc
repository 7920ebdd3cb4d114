#include "gateway/drain.h"

#include <algorithm>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Supervisors that kill a process which does not end do not wait for hours.
constexpr Duration kMaxAging = seconds(60);
// For the last bytes of answers.
constexpr Duration kFlushTime = seconds(1);
constexpr Duration kInterval = milliseconds(10);

// The number of running calls at `deadline`, or 0 earlier; nullopt: the loop did not answer.
std::optional<size_t> WaitUntilIdle(Drainable& gateway, TimePoint deadline) {
  while (true) {
    const std::optional<size_t> busy = gateway.Busy();
    if (busy == size_t{0} || gateway.Now() >= deadline) return busy;
    gateway.Sleep(kInterval);
  }
}

}  // namespace

DrainEnd Drain(Drainable& gateway, const DrainTimes& times) {
  gateway.StopServing();
  gateway.Sleep(times.delay);

  // Calls that cross GOAWAY end without an answer. So connections first get the time to reach their
  // age; their callers cannot connect here again and use other gateways.
  gateway.CloseDoor();
  // gRPC adds up to a tenth to the age.
  const Duration aging = times.max_connection_age * 12 / 10;
  gateway.Sleep(std::min(aging, kMaxAging));
  const bool aged = aging > Duration::zero() && aging <= kMaxAging;

  gateway.RefuseCalls();
  if (!aged) gateway.SendGoaway();
  const std::optional<size_t> busy = WaitUntilIdle(gateway, gateway.Now() + times.timeout);
  if (aged) gateway.SendGoaway();
  const bool idle = busy == size_t{0};
  const bool ended = gateway.EndConnections(idle ? kFlushTime : Duration::zero());
  if (!busy || !ended) return DrainEnd::kHung;
  return idle ? DrainEnd::kComplete : DrainEnd::kCutOff;
}

}  // namespace modelgates::gateway
