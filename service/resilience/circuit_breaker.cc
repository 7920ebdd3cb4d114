#include "resilience/circuit_breaker.h"

#include <algorithm>

#include "resilience/backoff.h"

namespace modelgates::gateway {

void CircuitBreaker::SetOptions(const Options& options, TimePoint now) {
  if (options.window != options_.window) window_ = FailureWindow(options.window);
  options_ = options;
  if (!options_.enabled && !closed()) Close(now);
}

std::optional<CircuitBreaker::Ticket> CircuitBreaker::Enter(TimePoint now) {
  if (state_ == State::kClosed) return ticket_;
  if (now < next_probe_) {
    ++refused_;
    return std::nullopt;
  }
  // From the start of one probe to the start of the next, so that a slow failure does not delay the
  // next probe.
  next_probe_ = now + NextInterval();
  state_ = State::kHalfOpen;
  return ++ticket_;
}

void CircuitBreaker::Record(Ticket ticket, const Classification& result, TimePoint now) {
  if (result.health == Health::kUnknown) return;
  if (state_ == State::kClosed) {
    if (ticket == ticket_) RecordAttempt(result, now);
  } else if (ticket > newest_counted_) {
    newest_counted_ = ticket;
    RecordProbe(result, now);
  }
}

CircuitBreaker::State CircuitBreaker::StateAt(TimePoint now) const {
  return state_ == State::kOpen && now >= next_probe_ ? State::kHalfOpen : state_;
}

std::chrono::milliseconds CircuitBreaker::RetryIn(TimePoint now) const {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(next_probe_ - now), kMinInterval);
}

void CircuitBreaker::RecordAttempt(const Classification& result, TimePoint now) {
  if (!options_.enabled) return;
  const bool failed = result.health == Health::kFails;
  window_.Add(failed, now);
  if (!failed) return;
  last_failure_ = result.reason;
  const FailureWindow::Counts& counts = window_.counts();
  const bool enough = counts.attempts >= static_cast<uint32_t>(options_.min_attempts);
  const bool too_many = uint64_t{counts.failures} * 100 >=
                        uint64_t{counts.attempts} * static_cast<uint64_t>(options_.failure_percent);
  if (enough && too_many) Open(now);
}

void CircuitBreaker::RecordProbe(const Classification& result, TimePoint now) {
  if (result.health == Health::kFails) {
    last_failure_ = result.reason;
    successes_ = 0;
    state_ = State::kOpen;
  } else if (++successes_ >= options_.probes) {
    Close(now);
  } else {
    state_ = State::kHalfOpen;
    next_probe_ = now;
  }
}

void CircuitBreaker::Open(TimePoint now) {
  state_ = State::kOpen;
  newest_counted_ = ticket_;
  successes_ = 0;
  refused_ = 0;
  opened_at_ = now;
  next_probe_ = now + NextInterval();
  if (observer_ != nullptr) observer_->OnOpened({window_.counts(), last_failure_});
}

void CircuitBreaker::Close(TimePoint now) {
  state_ = State::kClosed;
  ++ticket_;
  window_.Reset();
  if (observer_ != nullptr) observer_->OnClosed({now - opened_at_, refused_});
}

Duration CircuitBreaker::NextInterval() {
  const double factor = 1 - kJitter + 2 * kJitter * random_();
  return std::chrono::duration_cast<Duration>(options_.probe_interval * factor);
}

}  // namespace modelgates::gateway
