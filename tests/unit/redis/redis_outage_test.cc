#include "redis/redis_outage.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{100s};

TEST(RedisOutageTest, IsAFailoverForSomeTimeAfterTheServerIsLost) {
  RedisOutage outage(5s, 1s);
  EXPECT_LT(outage.waits_until(), kStart);
  outage.Unlinked(kStart);
  EXPECT_EQ(outage.waits_until(), kStart + 5s);
  outage.Linked(kStart + 2s);
  EXPECT_LT(outage.waits_until(), kStart);
  outage.Unlinked(kStart + 10s);
  EXPECT_EQ(outage.waits_until(), kStart + 15s);
}

TEST(RedisOutageTest, IsNotEndedByAConnectionThatDoesNotLast) {
  RedisOutage outage(5s, 1s);
  outage.Unlinked(kStart);
  for (int i = 1; i <= 3; ++i) {
    outage.Linked(kStart + i * 1s);
    outage.Unlinked(kStart + i * 1s + 999ms);
    EXPECT_EQ(outage.waits_until(), kStart + 5s);
  }
  outage.Linked(kStart + 10s);
  outage.Unlinked(kStart + 11s);
  EXPECT_EQ(outage.waits_until(), kStart + 16s);
}

TEST(RedisOutageTest, IsAFailoverForSomeTimeAfterReplicasAreMissing) {
  RedisOutage outage(5s, 1s);
  outage.Unlinked(kStart);
  outage.Linked(kStart);
  outage.Acknowledged(false, kStart + 1s);
  outage.Acknowledged(false, kStart + 2s);
  EXPECT_EQ(outage.waits_until(), kStart + 6s);
  outage.Acknowledged(true, kStart + 3s);
  EXPECT_LT(outage.waits_until(), kStart);
  outage.Acknowledged(false, kStart + 4s);
  EXPECT_EQ(outage.waits_until(), kStart + 9s);
  // Another master has other replicas.
  outage.Unlinked(kStart + 20s);
  outage.Linked(kStart + 21s);
  EXPECT_LT(outage.waits_until(), kStart);
}

TEST(RedisOutageTest, IsNeverAFailoverWhereNobodyWaits) {
  RedisOutage outage(0s, 1s);
  outage.Unlinked(kStart);
  EXPECT_LT(outage.waits_until(), kStart);
  outage.Linked(kStart);
  outage.Acknowledged(false, kStart);
  EXPECT_LT(outage.waits_until(), kStart);
}

}  // namespace
}  // namespace modelgates::gateway
