#include "gateway/drain.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

// A gateway whose time moves when it sleeps. Its steps are written down with the second they came.
class FakeGateway final : public Drainable {
 public:
  void StopServing() override { Step("stop serving"); }
  void CloseDoor() override { Step("close door"); }
  void RefuseCalls() override { Step("refuse calls"); }
  void SendGoaway() override { Step("goaway"); }
  std::optional<size_t> Busy() override {
    if (hangs) {
      Sleep(seconds(1));  // what asking in vain takes
      return std::nullopt;
    }
    return now_ - start_ < busy_until ? 1 : 0;
  }
  bool EndConnections(Duration grace) override {
    Step(grace == Duration::zero() ? "cut" : "end");
    return !hangs;
  }
  TimePoint Now() const override { return now_; }
  void Sleep(Duration time) override { now_ += time; }

  Duration busy_until{};
  bool hangs = false;
  std::vector<std::string> steps;

 private:
  void Step(const std::string& what) {
    const auto second = std::chrono::duration_cast<seconds>(now_ - start_).count();
    steps.push_back(std::to_string(second) + " s: " + what);
  }

  const TimePoint start_ = TimePoint(std::chrono::hours(1000));
  TimePoint now_ = start_;
};

constexpr DrainTimes kTimes{.delay = seconds(5), .max_connection_age = {}, .timeout = seconds(30)};
constexpr DrainTimes kAging{
    .delay = seconds(5), .max_connection_age = seconds(20), .timeout = seconds(30)};

TEST(DrainSteps, OfAnIdleGatewayEndAtOnceAfterTheDelay) {
  FakeGateway gateway;
  EXPECT_EQ(Drain(gateway, kTimes), DrainEnd::kComplete);
  EXPECT_THAT(gateway.steps, ElementsAre("0 s: stop serving", "5 s: close door",
                                         "5 s: refuse calls", "5 s: goaway", "5 s: end"));
}

TEST(DrainSteps, WaitForWhatRuns) {
  FakeGateway gateway;
  gateway.busy_until = seconds(20);
  EXPECT_EQ(Drain(gateway, kTimes), DrainEnd::kComplete);
  EXPECT_EQ(gateway.steps.back(), "20 s: end");
}

TEST(DrainSteps, CutOffWhatTakesLongerThanTheTimeout) {
  FakeGateway gateway;
  gateway.busy_until = minutes(10);
  EXPECT_EQ(Drain(gateway, kTimes), DrainEnd::kCutOff);
  EXPECT_EQ(gateway.steps.back(), "35 s: cut");
}

// GOAWAY would end the calls that cross it: connections age out first, behind a closed door.
TEST(DrainSteps, LetConnectionsAgeOutBeforeGoaway) {
  FakeGateway gateway;
  gateway.busy_until = seconds(40);
  EXPECT_EQ(Drain(gateway, kAging), DrainEnd::kComplete);
  EXPECT_THAT(gateway.steps, ElementsAre("0 s: stop serving", "5 s: close door",
                                         "29 s: refuse calls", "40 s: goaway", "40 s: end"));
}

// Given connections that get too old to wait for, then GOAWAY comes before the wait for calls.
TEST(DrainSteps, WaitAMinuteForAgingAtMost) {
  FakeGateway gateway;
  gateway.busy_until = seconds(70);
  EXPECT_EQ(Drain(gateway,
                  {.delay = seconds(5), .max_connection_age = minutes(60), .timeout = seconds(30)}),
            DrainEnd::kComplete);
  EXPECT_THAT(gateway.steps, ElementsAre("0 s: stop serving", "5 s: close door",
                                         "65 s: refuse calls", "65 s: goaway", "70 s: end"));
}

// Given a loop that hangs, when the gateway drains, then it is given up within the drain's bounds.
TEST(DrainSteps, EndThoughTheLoopHangs) {
  for (const DrainTimes& times : {kTimes, kAging}) {
    FakeGateway gateway;
    gateway.hangs = true;
    EXPECT_EQ(Drain(gateway, times), DrainEnd::kHung);
    EXPECT_LE(gateway.Now() - TimePoint(std::chrono::hours(1000)), seconds(5 + 24 + 30 + 1));
  }
}

}  // namespace
}  // namespace modelgates::gateway
