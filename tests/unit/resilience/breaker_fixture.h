#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "resilience/circuit_breaker.h"

namespace modelgates::gateway {

using namespace std::chrono_literals;

// What came back from the upstream, as the table classifies it; the reasons are any numbers.
inline constexpr Classification kWorked = {RetryClass::kNever, Health::kWorks, 1};
inline constexpr Classification kFailed = {RetryClass::kAlways, Health::kFails, 2};
inline constexpr Classification kSilent = {RetryClass::kNever, Health::kUnknown, 3};

class RecordingBreakerObserver final : public BreakerObserver {
 public:
  void OnOpened(const Opening& opening) override { openings.push_back(opening); }
  void OnClosed(const Closing& closing) override { closings.push_back(closing); }

  std::vector<Opening> openings;
  std::vector<Closing> closings;
};

// A breaker with the defaults, whose probes come exactly every 750 ms unless random_ says
// otherwise.
class BreakerTest : public testing::Test {
 protected:
  using State = CircuitBreaker::State;
  using Ticket = CircuitBreaker::Ticket;

  std::optional<Ticket> Enter() { return breaker_.Enter(now_); }

  // Lets an attempt through; fails the test when it is refused.
  Ticket Begin() {
    const std::optional<Ticket> ticket = Enter();
    EXPECT_TRUE(ticket.has_value()) << "refused";
    return ticket.value_or(0);
  }
  void End(Ticket ticket, const Classification& result) { breaker_.Record(ticket, result, now_); }

  // Whole attempts, without taking time.
  void Attempt(const Classification& result, int times = 1) {
    for (int i = 0; i < times; ++i) End(Begin(), result);
  }
  void OpenIt() {
    Attempt(kFailed, options_.min_attempts);
    ASSERT_EQ(StateNow(), State::kOpen);
  }

  State StateNow() const { return breaker_.StateAt(now_); }
  std::chrono::milliseconds RetryIn() const { return breaker_.RetryIn(now_); }

  CircuitBreaker::Options options_;
  TimePoint now_ = TimePoint(1000h);
  double random_ = 0.5;
  RecordingBreakerObserver observer_;
  CircuitBreaker breaker_{options_, [this] { return random_; }, &observer_};
};

}  // namespace modelgates::gateway
