#include "call/admission.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

void Enter(Admission& admission, int calls) {
  for (int i = 0; i < calls; ++i) ASSERT_EQ(admission.Enter(), std::nullopt) << i;
}

TEST(AdmissionTest, RefusesOneMoreThanMayRun) {
  Admission admission(2);
  Enter(admission, 2);
  EXPECT_EQ(admission.Enter(), v1::GATEWAY_OVERLOADED);
  EXPECT_EQ(admission.calls(), 2);
  admission.Leave();
  EXPECT_EQ(admission.Enter(), std::nullopt);
}

TEST(AdmissionTest, TakesAnotherBoundWhileCallsRun) {
  Admission admission(3);
  Enter(admission, 3);
  admission.SetMaxCalls(2);
  EXPECT_EQ(admission.Enter(), v1::GATEWAY_OVERLOADED);
  admission.Leave();
  EXPECT_EQ(admission.Enter(), v1::GATEWAY_OVERLOADED) << "two run";
  admission.SetMaxCalls(3);
  EXPECT_EQ(admission.Enter(), std::nullopt);
}

TEST(AdmissionTest, RefusesEveryCallWhileDraining) {
  Admission admission(2);
  Enter(admission, 1);
  admission.StartDraining();
  EXPECT_EQ(admission.Enter(), v1::GATEWAY_DRAINING);
  EXPECT_EQ(admission.calls(), 1);
  admission.Leave();
  EXPECT_EQ(admission.calls(), 0);
  EXPECT_EQ(admission.Enter(), v1::GATEWAY_DRAINING);
}

TEST(AdmissionTest, NeverAdmitsTooManyOfManyThreads) {
  constexpr int kMaxRunning = 3;
  Admission admission(kMaxRunning);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        if (admission.Enter()) continue;
        const int now = ++inside;
        int before = most;
        while (now > before && !most.compare_exchange_weak(before, now)) continue;
        --inside;
        admission.Leave();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, kMaxRunning);
  EXPECT_EQ(admission.calls(), 0);
}

// What a drain waits for cannot grow behind its back.
TEST(AdmissionTest, NoCallIsAdmittedOnceADrainHasBegun) {
  for (int round = 0; round < 200; ++round) {
    Admission admission(1'000'000);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        while (admission.Enter() != v1::GATEWAY_DRAINING) continue;
      });
    }
    admission.StartDraining();
    const int calls = admission.calls();
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(admission.calls(), calls);
  }
}

}  // namespace
}  // namespace modelgates::gateway
