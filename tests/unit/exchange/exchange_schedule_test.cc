#include "fuzz/exchange_schedule.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "fuzz/shrink.h"
#include "support/from_environment.h"

// EXCHANGE_SCHEDULES is how many are drawn, at most ten million; EXCHANGE_SEED the seed of the
// first, so that a failing one, whose seed is printed, runs alone with EXCHANGE_SCHEDULES=1.

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using Bytes = std::vector<uint8_t>;

ScheduleReport RunBytes(const Bytes& bytes) {
  Choices choices(bytes);
  return RunSchedule(choices);
}

std::string Hex(const Bytes& bytes) {
  std::string hex;
  for (const uint8_t byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += {kDigits[byte / 16], kDigits[byte % 16]};
  }
  return hex;
}

// The shortest history that breaks the promise that this one broke, fit to become a file of the
// corpus.
std::string Shortest(const Bytes& bytes) {
  const std::string promise = RunBytes(bytes).broken.front();
  const Bytes least = Shrink(bytes, [&](const Bytes& other) {
    const ScheduleReport report = RunBytes(other);
    return !report.broken.empty() && report.broken.front() == promise;
  });
  return "as few choices as break it, in hex: " + Hex(least);
}

TEST(ExchangeSchedules, KeepEveryPromiseWhateverMeetsInOneTurn) {
  const uint32_t first = FromEnvironment("EXCHANGE_SEED", 1, 2'000'000'000);
  const uint32_t count = FromEnvironment("EXCHANGE_SCHEDULES", 20'000, 10'000'000);
  ScheduleReport sum;
  for (uint32_t seed = first; seed - first < count; ++seed) {
    Choices choices(seed);
    const ScheduleReport report = RunSchedule(choices);
    ASSERT_TRUE(report.broken.empty())
        << "EXCHANGE_SEED=" << seed << ": " << report.broken.front() << "\n"
        << Shortest(choices.taken());
    sum.sends += report.sends;
    sum.joins += report.joins;
    sum.replays += report.replays;
    sum.recoveries += report.recoveries;
    sum.unprotected += report.unprotected;
    sum.between_gateways += report.between_gateways;
    for (const auto& [end, times] : report.ends) sum.ends[end] += times;
  }
  std::cout << count << " schedules from seed " << first << ": " << sum.sends << " sends, "
            << sum.recoveries << " recoveries, " << sum.joins << " joins, " << sum.replays
            << " replays\n";
  const int many = static_cast<int>(count);
  if (many < 10'000) return;
  // Chance must have reached every end, or the test shows nothing.
  for (const v1::ErrorReason end : {v1::ERROR_REASON_UNSPECIFIED, v1::EXCHANGE_IN_PROGRESS,
                                    v1::DEADLINE_EXCEEDED, v1::CALLER_CANCELLED}) {
    EXPECT_GT(sum.ends[end], many / 100) << v1::ErrorReason_Name(end);
  }
  for (const v1::ErrorReason end : {v1::EXCHANGE_ALREADY_COMPLETED, v1::GATEWAY_OVERLOADED,
                                    v1::EXCHANGE_OUTCOME_UNKNOWN, v1::EXCHANGE_STORE_UNAVAILABLE}) {
    EXPECT_GT(sum.ends[end], 0) << v1::ErrorReason_Name(end);
  }
  EXPECT_GT(sum.unprotected, 0);
  EXPECT_GT(sum.between_gateways, 0);
  EXPECT_GT(sum.sends, many);
  EXPECT_GT(sum.joins, many / 10);
  EXPECT_GT(sum.replays, many / 10);
  EXPECT_GT(sum.recoveries, many / 50);
}

// Histories that once broke a promise, and those that a fuzzer found worth keeping.
TEST(ExchangeSchedules, OfTheCorpusKeepEveryPromise) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(EXCHANGE_SCHEDULE_CORPUS)) {
    std::ifstream in(file.path(), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const ScheduleReport report = RunBytes(bytes);
    EXPECT_TRUE(report.broken.empty()) << file.path().filename() << ": " << report.broken.front();
    ++files;
  }
  EXPECT_GT(files, 0);
}

TEST(ExchangeSchedules, AreRepeatedByTheirChoices) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    Choices choices(seed);
    const ScheduleReport report = RunSchedule(choices);
    const ScheduleReport again = RunBytes(choices.taken());
    EXPECT_EQ(again.sends, report.sends);
    EXPECT_EQ(again.ends, report.ends);
    EXPECT_EQ(again.replays, report.replays);
  }
}

// Shrinking is tried on something that does happen: a key that is given again.
TEST(ExchangeSchedules, AreShrunkToWhatMatters) {
  const auto replays = [](const Bytes& bytes) { return RunBytes(bytes).replays > 0; };
  uint32_t seed = 1;
  Bytes bytes;
  do {
    Choices choices(seed++);
    RunSchedule(choices);
    bytes = choices.taken();
  } while (bytes.size() < 60 || !replays(bytes));
  const Bytes least = Shrink(bytes, replays);
  EXPECT_TRUE(replays(least));
  EXPECT_LT(least.size(), 30u) << Hex(least);
}

}  // namespace
}  // namespace modelgates::gateway
