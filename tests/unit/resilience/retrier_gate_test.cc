#include <gtest/gtest.h>

#include <deque>
#include <optional>

#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "table_classifiers.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// Opens as told, after a while.
class ScriptedGate final : public AttemptGate {
 public:
  explicit ScriptedGate(EventLoop& loop) : loop_(loop) {}
  Task<bool> MayAttempt() override {
    ++asked;
    WaitPoint pause(loop_);
    const std::stop_token never;
    co_await pause.Wait(loop_.Now() + delay, never);
    const bool opens = answers.empty() || answers.front();
    if (!answers.empty()) answers.pop_front();
    co_return opens;
  }

  std::deque<bool> answers;
  Duration delay{};
  int asked = 0;

 private:
  EventLoop& loop_;
};

class RetrierGateTest : public testing::Test {
 protected:
  RetrierGateTest() {
    options_.policy.jitter = 0ms;
    options_.started = loop_.Now();
    options_.deadline = loop_.Now() + 60s;
    options_.stop = stop_.get_token();
    options_.classify = ClassifyExchange;
    options_.repeat = Repeat::kOneRecovery;
  }

  void Start() {
    Spawn([](RetrierGateTest& test) -> Task<void> {
      IgnoreAttempts observer;
      Task<Outcome> send = test.retrier_.Send(test.request_, test.options_, observer, &test.gate_);
      test.outcome_ = co_await send;
    }(*this));
    loop_.Run();
  }
  const Outcome& Call() {
    Start();
    EXPECT_TRUE(loop_.AdvanceUntilIdle());
    return *outcome_;
  }

  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  UnlimitedRetrier retrier_{loop_, transport_, [] { return 0.0; }};
  ScriptedGate gate_{loop_};
  HttpRequest request_{"/auth/keys"};
  RetryOptions options_;
  std::stop_source stop_;
  std::optional<Outcome> outcome_;
};

TEST_F(RetrierGateTest, IsAskedBeforeEachAttempt) {
  transport_.Then(Refused()).Then(Answer(200));
  const Outcome& outcome = Call();
  EXPECT_EQ(outcome.attempts.size(), 2u);
  EXPECT_EQ(gate_.asked, 2);
}

TEST_F(RetrierGateTest, ThatIsShutLetsNothingOut) {
  gate_.answers = {false};
  const Outcome& outcome = Call();
  EXPECT_TRUE(transport_.sends().empty());
  EXPECT_TRUE(outcome.attempts.empty());
  EXPECT_EQ(outcome.stop, StopReason::kUnsafeExchange);
  EXPECT_EQ(std::get<TransportError>(outcome.last).delivery, Delivery::kNever);
}

// What an attempt of unknown outcome brought is not undone by the recovery that is not made.
TEST_F(RetrierGateTest, ThatShutsBeforeARecoveryLeavesTheOutcomeUnknown) {
  gate_.answers = {true, false};
  transport_.Then(Reset());
  const Outcome& outcome = Call();
  EXPECT_EQ(transport_.sends().size(), 1u);
  EXPECT_EQ(std::get<TransportError>(outcome.last).failure, TransportFailure::kReset);
  EXPECT_TRUE(HasUnknownAttempt(outcome));
}

TEST_F(RetrierGateTest, ThatOpensPastTheDeadlineIsOfNoUse) {
  gate_.delay = 61s;
  const Outcome& outcome = Call();
  EXPECT_TRUE(transport_.sends().empty());
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierGateTest, IsNotAskedForACallerThatHasLeft) {
  stop_.request_stop();
  Call();
  EXPECT_EQ(gate_.asked, 0);
}

TEST_F(RetrierGateTest, LetsNothingOutForACallerThatLeavesMeanwhile) {
  gate_.delay = 1s;
  Start();
  stop_.request_stop();
  EXPECT_TRUE(loop_.AdvanceUntilIdle());
  EXPECT_TRUE(transport_.sends().empty());
  EXPECT_EQ(std::get<TransportError>(outcome_->last).failure, TransportFailure::kCancelled);
}

}  // namespace
}  // namespace modelgates::gateway
