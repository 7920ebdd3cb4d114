#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/time.h"

namespace modelgates::gateway {

// The operations of a gateway that a drain uses, in the order of its steps. None may block for more
// than seconds, even when the loop hangs.
class Drainable {
 public:
  // Sets health to NOT_SERVING; calls are still served.
  virtual void StopServing() = 0;
  // Refuses new connections.
  virtual void CloseDoor() = 0;
  // Refuses new calls.
  virtual void RefuseCalls() = 0;
  // Sends GOAWAY to every connection. Does not wait.
  virtual void SendGoaway() = 0;
  // Number of running calls and exchanges; nullopt: the loop does not answer.
  virtual std::optional<size_t> Busy() = 0;
  // Waits `grace` for connections to end, then closes them with their calls.
  // False: something could not be ended.
  virtual bool EndConnections(Duration grace) = 0;

  virtual TimePoint Now() const = 0;
  virtual void Sleep(Duration time) = 0;

 protected:
  ~Drainable() = default;
};

struct DrainTimes {
  Duration delay{};
  Duration max_connection_age{};  // 0: connections do not age
  Duration timeout{};
};

enum class DrainEnd {
  kComplete,  // every call and exchange has ended by itself
  kCutOff,    // timeout; what was still running was ended
  kHung,      // the loop hangs, so calls cannot be ended
};

// Ends the service without losing a call (docs/adr/0011). Health is NOT_SERVING for `delay`; then
// new connections are refused while connections age out, for at most a minute; then new calls are
// refused, and running ones have `timeout` to finish. The drain ends as soon as no call and no
// exchange runs; connections without a call, streams that watch health and streams without a
// message get one more second.
DrainEnd Drain(Drainable& gateway, const DrainTimes& times);

}  // namespace modelgates::gateway
