#pragma once

#include <absl/functional/any_invocable.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "resilience/classification.h"
#include "resilience/failure_window.h"

namespace modelgates::gateway {

// Gives numbers in [0, 1) for jitter.
using RandomSource = absl::AnyInvocable<double()>;

// Notified when the breaker opens and when it closes again, but not of probes in between: two
// notifications per outage.
class BreakerObserver {
 public:
  struct Opening {
    FailureWindow::Counts counts;  // that opened it
    int last_failure = 0;          // Classification::reason
  };
  struct Closing {
    Duration was_open{};
    uint64_t refused = 0;  // attempts that were refused while it was open
  };

  virtual void OnOpened(const Opening& opening) = 0;
  virtual void OnClosed(const Closing& closing) = 0;

 protected:
  ~BreakerObserver() = default;
};

// Stops sending to an upstream that fails, and detects when it works again. One breaker per
// upstream.
//
//   closed     Attempts are allowed and counted. Enough of them with too many failures open it.
//   open       Nothing is allowed until the next probe is due.
//   half-open  One attempt goes through as a probe each probe interval, whether or not the one
//              before has ended, so an upstream that hangs does not delay its own recovery. After
//              a success the next may go at once; enough successes in a row close it, a failure
//              opens it again. A probe without a result (Health::kUnknown) does not
//              count.
//
// Results of attempts that began before the last change of state are ignored, and so is the result
// of a probe when a later probe has one: a thousand late timeouts neither prolong an outage nor
// start another. Loop thread only; no allocations.
class CircuitBreaker {
 public:
  struct Options {
    Duration window = std::chrono::seconds(10);  // see FailureWindow
    int min_attempts = 20;                       // least number in the window for it to open
    int failure_percent = 50;  // of the attempts in the window, from which it opens
    // From one probe to the next, plus or minus kJitter, so that replicas do not probe at the same
    // time.
    Duration probe_interval = std::chrono::milliseconds(750);
    int probes = 2;       // consecutive successes that close it
    bool enabled = true;  // false: it stays closed
  };

  static constexpr double kJitter = 0.2;  // part of the interval, plus or minus

  // The numbers are those of the metric oauth_gateway_breaker_state.
  enum class State : uint8_t { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

  // Identifies an attempt that was allowed.
  using Ticket = uint64_t;

  // `observer` may be null; else it must outlive the breaker.
  CircuitBreaker(const Options& options, RandomSource random, BreakerObserver* observer)
      : options_(options),
        random_(std::move(random)),
        observer_(observer),
        window_(options.window) {}

  // Replaces the options from now on. Another window starts empty; a breaker that is switched off
  // closes.
  void SetOptions(const Options& options, TimePoint now);

  // Requests an attempt at `now`, which must not decrease. nullopt: the attempt is not allowed.
  std::optional<Ticket> Enter(TimePoint now);

  // Reports the result of an attempt, at most once each. An attempt without a report counts as
  // Health::kUnknown.
  void Record(Ticket ticket, const Classification& result, TimePoint now);

  bool closed() const { return state_ == State::kClosed; }
  State StateAt(TimePoint now) const;
  // Time until the next probe is due, at least kMinInterval, in whole milliseconds. Without meaning
  // while closed.
  std::chrono::milliseconds RetryIn(TimePoint now) const;
  // Classification::reason of the last failure that counted; 0 before the first.
  int last_failure() const { return last_failure_; }

 private:
  void RecordAttempt(const Classification& result, TimePoint now);
  void RecordProbe(const Classification& result, TimePoint now);
  void Open(TimePoint now);
  void Close(TimePoint now);
  Duration NextInterval();

  Options options_;
  RandomSource random_;
  BreakerObserver* const observer_;
  FailureWindow window_;
  State state_ = State::kClosed;
  // While closed all attempts share this ticket, else each probe takes the next one.
  Ticket ticket_ = 1;
  Ticket newest_counted_ = 0;  // while not closed: older tickets are stale
  int successes_ = 0;          // of consecutive probes
  TimePoint next_probe_{};
  TimePoint opened_at_{};
  uint64_t refused_ = 0;
  int last_failure_ = 0;
};

}  // namespace modelgates::gateway
