#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <random>

#include "resilience/circuit_breaker.h"

// Random traffic against an upstream that works, fails and hangs by turns, against what must hold
// for every one of these schedules.

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

enum class Upstream { kWorks, kFails, kHangs, kIsFlaky };

class RandomTraffic final : public BreakerObserver {
 public:
  explicit RandomTraffic(uint32_t seed) : random_(seed) {
    options_.window = milliseconds(Between(1, 20) * 1000);
    options_.min_attempts = Between(1, 40);
    options_.failure_percent = Between(10, 100);
    options_.probe_interval = milliseconds(Between(100, 3000));
    options_.probes = Between(1, 4);
    breaker_.emplace(
        options_, [this] { return std::uniform_real_distribution(0.0, 1.0)(random_); }, this);
  }

  void Run() {
    for (int phase = 0; phase < 8; ++phase) {
      upstream_ = static_cast<Upstream>(Between(0, 3));
      const TimePoint end = now_ + milliseconds(Between(0, 15'000));
      while (now_ < end && !testing::Test::HasFailure()) Step();
    }
    ExpectRecovery();
  }

  int openings() const { return openings_; }

 private:
  struct Pending {
    CircuitBreaker::Ticket ticket;
    Health health;
  };

  int Between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  void OnOpened(const Opening& opening) override {
    ++openings_;
    EXPECT_TRUE(breaker_was_closed_);
    EXPECT_GE(opening.counts.attempts, static_cast<uint32_t>(options_.min_attempts));
    EXPECT_GE(opening.counts.failures * 100,
              opening.counts.attempts * static_cast<uint32_t>(options_.failure_percent));
    opened_at_ = now_;
    probes_ = 0;
    successes_ = 0;
  }
  void OnClosed(const Closing& closing) override {
    EXPECT_FALSE(breaker_was_closed_);
    EXPECT_EQ(closing.was_open, now_ - opened_at_);
    EXPECT_GE(successes_, options_.probes);
  }

  void Step() {
    now_ += milliseconds(Between(0, 40));
    while (!pending_.empty() && pending_.begin()->first <= now_) EndNext();
    if (Between(0, 3) > 0) Begin();
  }

  void Begin() {
    const auto ticket = breaker_->Enter(now_);
    EXPECT_TRUE(ticket || !breaker_->closed());
    if (!ticket) {
      EXPECT_GE(breaker_->RetryIn(now_), 10ms);
      EXPECT_LE(breaker_->RetryIn(now_), options_.probe_interval * 1.2 + 1ms);
      return;
    }
    if (!breaker_->closed()) ExpectRightfulProbe();
    const Health health = Between(0, 9) == 0 ? Health::kUnknown : NextHealth();
    pending_.emplace(now_ + NextDelay(), Pending{*ticket, health});
  }

  // One an interval, and one more after each success.
  void ExpectRightfulProbe() {
    ++probes_;
    const double shortest = 0.8 * std::chrono::duration<double>(options_.probe_interval).count();
    const double open_for = std::chrono::duration<double>(now_ - opened_at_).count();
    EXPECT_LE(probes_, open_for / shortest + successes_ + 1e-3);
  }

  Health NextHealth() {
    switch (upstream_) {
      case Upstream::kWorks:
        return Health::kWorks;
      case Upstream::kFails:
      case Upstream::kHangs:
        return Health::kFails;
      case Upstream::kIsFlaky:
        break;
    }
    return Between(0, 1) == 0 ? Health::kWorks : Health::kFails;
  }

  Duration NextDelay() {
    return upstream_ == Upstream::kHangs ? Duration(10s) : milliseconds(Between(0, 200));
  }

  void EndNext() {
    const auto next = pending_.begin();
    breaker_was_closed_ = breaker_->closed();
    // At most: a late one may count for nothing.
    if (!breaker_was_closed_ && next->second.health == Health::kWorks) ++successes_;
    breaker_->Record(next->second.ticket, {RetryClass::kNever, next->second.health, 1}, now_);
    pending_.erase(next);
  }

  // With calls every 10 ms and answers after 5 ms it takes one interval and the probes.
  void ExpectRecovery() {
    const TimePoint back = now_;
    upstream_ = Upstream::kWorks;
    const Duration longest = std::chrono::duration_cast<Duration>(options_.probe_interval * 1.2) +
                             options_.probes * 20ms;
    while (!breaker_->closed() && now_ - back <= longest) {
      now_ += 10ms;
      while (!pending_.empty() && pending_.begin()->first <= now_) EndNext();
      if (const auto ticket = breaker_->Enter(now_)) {
        pending_.emplace(now_ + 5ms, Pending{*ticket, Health::kWorks});
      }
    }
    EXPECT_TRUE(breaker_->closed()) << "not within " << longest / 1ms << " ms";
  }

  std::mt19937 random_;
  CircuitBreaker::Options options_;
  std::optional<CircuitBreaker> breaker_;
  Upstream upstream_ = Upstream::kWorks;
  TimePoint now_ = TimePoint(1000h);
  std::multimap<TimePoint, Pending> pending_;
  bool breaker_was_closed_ = true;
  int openings_ = 0;
  TimePoint opened_at_;
  int probes_ = 0;     // since it opened
  int successes_ = 0;  // likewise
};

TEST(BreakerSchedule, KeepsItsPromisesInEveryRandomSchedule) {
  int openings = 0;
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomTraffic traffic(seed);
    traffic.Run();
    openings += traffic.openings();
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(openings, 500) << "the cases have become too tame to prove anything";
}

}  // namespace
}  // namespace modelgates::gateway
