#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "resilience/classification.h"
#include "resilience/failure_window.h"
#include "resilience/random_source.h"

namespace modelgates::gateway {

// Is told when the breaker opens and when it closes again; of the probes between it is not told, so
// an outage is two calls however long it lasts.
class BreakerObserver {
 public:
  struct Opening {
    FailureWindow::Counts counts;  // what opened it
    int last_failure = 0;          // Classification::reason
  };
  struct Closing {
    Duration was_open{};
    uint64_t refused = 0;  // attempts that were not let through meanwhile
  };

  virtual void OnOpened(const Opening& opening) = 0;
  virtual void OnClosed(const Closing& closing) = 0;

 protected:
  ~BreakerObserver() = default;
};

// Stops sending to an upstream that fails, and finds out when it works again. One upstream, one
// breaker.
//
//   closed     Attempts go through and are counted. Enough of them and too many failures among them
//              open it.
//   open       Nothing goes through until the next probe is due.
//   half-open  One attempt goes through as a probe each probe interval, whether or not the one
//              before has ended, so an upstream that hangs does not hold up its own recovery. After
//              a success the next may go at once; enough successes in a row close it, a failure
//              opens it again. A probe that says nothing (Health::kUnknown) is as if it had not
//              been.
//
// Results of attempts that began before the breaker last opened or closed count no more, nor does a
// probe's after a later probe has spoken: a thousand timeouts that come in late neither prolong an
// outage nor begin another. Loop thread only; nothing is allocated.
class CircuitBreaker {
 public:
  struct Options {
    Duration window = std::chrono::seconds(10);  // see FailureWindow
    int min_attempts = 20;                       // in the window, before it may open
    int failure_percent = 50;                    // of the attempts in the window, which opens it
    // From one probe to the next, give or take kJitter: replicas do not probe in step.
    Duration probe_interval = std::chrono::milliseconds(750);
    int probes = 2;  // successes in a row that close it
  };

  static constexpr double kJitter = 0.2;  // of the interval, either way

  // The numbers are those of the metric oauth_gateway_breaker_state.
  enum class State : uint8_t { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

  // Names an attempt that was let through.
  using Ticket = uint64_t;

  // `observer` may be null, else must outlive the breaker.
  CircuitBreaker(const Options& options, RandomSource random, BreakerObserver* observer)
      : options_(options),
        random_(std::move(random)),
        observer_(observer),
        window_(options.window) {}

  // Asks for an attempt that begins at `now`, which never goes back. nullopt: it must not be made.
  std::optional<Ticket> Enter(TimePoint now);

  // Tells how an attempt ended; at most once each. One that is never told of is like one that says
  // nothing.
  void Record(Ticket ticket, const Classification& result, TimePoint now);

  bool closed() const { return state_ == State::kClosed; }
  State StateAt(TimePoint now) const;
  // How long to wait before asking again: the time until the next probe is due, at least
  // kMinInterval, in whole milliseconds. Of no meaning while closed.
  std::chrono::milliseconds RetryIn(TimePoint now) const;
  // Classification::reason of the last failure that counted; 0 before the first.
  int last_failure() const { return last_failure_; }

 private:
  void RecordAttempt(const Classification& result, TimePoint now);
  void RecordProbe(const Classification& result, TimePoint now);
  void Open(TimePoint now);
  void Close(TimePoint now);
  Duration NextInterval();

  const Options options_;
  RandomSource random_;
  BreakerObserver* const observer_;
  FailureWindow window_;
  State state_ = State::kClosed;
  // While closed all attempts have this one ticket, else each probe takes the next.
  Ticket ticket_ = 1;
  Ticket newest_counted_ = 0;  // while not closed: older tickets are stale
  int successes_ = 0;          // of probes, in a row
  TimePoint next_probe_{};
  TimePoint opened_at_{};
  uint64_t refused_ = 0;
  int last_failure_ = 0;
};

}  // namespace modelgates::gateway
