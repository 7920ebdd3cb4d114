#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/time.h"

namespace modelgates::gateway {

// What a drain needs of a gateway, in the order of its steps. None may block for more than seconds,
// whatever the gateway's loop does.
class Drainable {
 public:
  // Health says NOT_SERVING; everything is served.
  virtual void StopServing() = 0;
  // New connections are refused.
  virtual void CloseDoor() = 0;
  // New calls are refused.
  virtual void RefuseCalls() = 0;
  // Tells every connection to make no more calls. Does not wait.
  virtual void SendGoaway() = 0;
  // Calls and exchanges that run; nullopt when the loop does not answer.
  virtual std::optional<size_t> Busy() = 0;
  // Gives connections `grace` to end by themselves, then ends them with whatever runs on them.
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
  kCutOff,    // the time was up; what still ran was ended
  kHung,      // the loop does not turn: what runs cannot even be ended
};

// Ends the service so that no call is lost (docs/adr/0011): not serving for `delay`; then the door
// is closed while connections age out, a minute at most; then calls are refused, and what runs has
// `timeout`. Over as soon as no call and no exchange runs: connections without a call, streams that
// watch health and streams without a message get a second.
DrainEnd Drain(Drainable& gateway, const DrainTimes& times);

}  // namespace modelgates::gateway
