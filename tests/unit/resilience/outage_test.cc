#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "resilience/retrier.h"
#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "table_classifiers.h"

// A total outage under steady traffic, from its first second to the recovery: what budget and
// breaker together promise for it.

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

struct Traffic {
  std::string name;
  int calls_per_second;
  HttpResult failure;
  Duration latency;  // of answers and failures
};

class OutageTest : public testing::TestWithParam<Traffic> {
 protected:
  struct Call {
    TimePoint begun;
    bool succeeded = false;
    TimePoint ended;
  };

  void UseRetrier(const CircuitBreaker::Options& breaker) {
    breaker_.emplace(
        breaker, [this] { return Random(); }, nullptr);
    retrier_.emplace(
        loop_, transport_, [this] { return Random(); }, budget_, *breaker_, ADateIn1994);
  }
  double Random() { return std::uniform_real_distribution(0.0, 1.0)(random_); }

  // Steady traffic while the upstream is up or down.
  void Serve(bool is_up, Duration how_long) {
    transport_.Otherwise(is_up ? Answer(200) : GetParam().failure, GetParam().latency);
    const Duration step = Duration(1s) / GetParam().calls_per_second;
    for (const TimePoint end = loop_.Now() + how_long; loop_.Now() < end; loop_.Advance(step)) {
      Spawn(MakeCall());
    }
  }

  // Within `length` from `from` on.
  size_t SendsWithin(TimePoint from, Duration length) const {
    const auto& sends = transport_.sends();
    const auto before = [](const ScriptedTransport::Sent& sent, TimePoint at) {
      return sent.at < at;
    };
    return static_cast<size_t>(std::lower_bound(sends.begin(), sends.end(), from + length, before) -
                               std::lower_bound(sends.begin(), sends.end(), from, before));
  }
  // The most within any stretch of this length between `from` and `to`.
  size_t MostSends(TimePoint from, TimePoint to, Duration length) const {
    size_t most = 0;
    for (const ScriptedTransport::Sent& sent : transport_.sends()) {
      if (sent.at < from || sent.at + length > to) continue;
      most = std::max(most, SendsWithin(sent.at, length));
    }
    return most;
  }

  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  std::vector<std::unique_ptr<Call>> calls_;

 private:
  Task<void> MakeCall() {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    call.begun = loop_.Now();
    RetryOptions options;
    options.started = loop_.Now();
    options.deadline = loop_.Now() + 30s;
    options.attempt_timeout = 10s;
    options.classify = ClassifyCreate;
    options.repeat = Repeat::kHarmless;
    IgnoreAttempts observer;
    Task<Outcome> sending = retrier_->Send(request_, options, observer);
    const Outcome outcome = co_await sending;
    call.succeeded = std::holds_alternative<HttpResponse>(outcome.last) &&
                     std::get<HttpResponse>(outcome.last).status == 200;
    call.ended = loop_.Now();
  }

  std::mt19937 random_{1};
  const HttpRequest request_{"/auth/keys/code"};
  RetryBudget budget_{{}};
  std::optional<CircuitBreaker> breaker_;
  std::optional<Retrier> retrier_;
};

TEST_P(OutageTest, TheBudgetAloneBoundsTheLoad) {
  UseRetrier({.enabled = false});
  Serve(true, 20s);
  const TimePoint outage = loop_.Now();
  Serve(false, 60s);
  const double calls = 10.0 * GetParam().calls_per_second;
  EXPECT_LE(MostSends(outage, loop_.Now(), 10s), std::max(1.2 * calls, calls + 0.1 * calls + 50));
  EXPECT_TRUE(loop_.AdvanceUntilIdle(100'000));
}

TEST_P(OutageTest, TheBreakerKeepsTheLoadAway) {
  UseRetrier({});
  Serve(true, 20s);
  const TimePoint outage = loop_.Now();
  Serve(false, 30s);
  EXPECT_LE(MostSends(outage + 5s, loop_.Now(), 1s), 2u);
  EXPECT_GE(SendsWithin(outage + 10s, 10s), 11u) << "it must go on probing";

  const TimePoint back = loop_.Now();
  calls_.clear();
  Serve(true, 10s);
  EXPECT_TRUE(loop_.AdvanceUntilIdle(100'000));
  TimePoint first = TimePoint::max();
  int later = 0;
  int later_succeeded = 0;
  for (const auto& call : calls_) {
    if (call->succeeded) first = std::min(first, call->ended);
    if (call->begun < back + 3s) continue;
    ++later;
    if (call->succeeded) ++later_succeeded;
  }
  EXPECT_LE(first - back, 1500ms);
  EXPECT_GE(later_succeeded, 0.99 * later);
  EXPECT_LE(SendsWithin(back, 1s), 1.5 * GetParam().calls_per_second);
}

INSTANTIATE_TEST_SUITE_P(Traffic, OutageTest,
                         testing::Values(Traffic{"Refused20", 20, Refused(), 1ms},
                                         Traffic{"Refused50", 50, Refused(), 1ms},
                                         Traffic{"Unavailable50", 50, Answer(503), 5ms},
                                         Traffic{"Unavailable500", 500, Answer(503), 5ms},
                                         Traffic{"SlowErrors50", 50, Answer(502), 300ms},
                                         Traffic{"Reset200", 200, Reset(), 20ms}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
