#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "integration/rotated_gateway.h"
#include "support/metric_value.h"

namespace modelgates::gateway {
namespace {

using testing::IsEmpty;

// Given two callers that call all the time, on old and on new connections, when certificate, key,
// CA, keys, pepper and rules are replaced all at once, every third time by files that cannot be
// used, then no call fails, no code is sent twice, and nobody is served with another's key.
//
// ./scripts/bench chaos rotation does the same for two minutes.
TEST(Rotation, OfAllFilesFailsNoCall) {
  constexpr int kRounds = 2;
  RotatedGateway rotated;
  ASSERT_TRUE(rotated.WaitUntilListening()) << rotated.gateway().err();
  std::stop_source stop;
  auto offered =
      std::async(std::launch::async, [&] { return rotated.Offer(100, stop.get_token()); });
  const auto wait_for = [&](const std::string& result, double count) {
    for (const std::string& setting : RotatedGateway::Settings()) {
      EXPECT_TRUE(WaitForMetric(rotated.gateway().admin_address(),
                                RotatedGateway::ReloadSeries(setting, result), count))
          << setting << " " << result;
    }
  };
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 2; ++i) {
      rotated.ReplaceAll();
      wait_for("ok", rotated.good());
    }
    rotated.BreakAll();
    wait_for("failed", rotated.broken());
  }
  rotated.ReplaceAll();
  wait_for("ok", rotated.good());
  stop.request_stop();
  const RotatedGateway::Calls calls = offered.get();
  EXPECT_THAT(calls.failed, IsEmpty());
  EXPECT_GT(calls.made, 100U);
  EXPECT_GT(calls.repeated, 0U);
  EXPECT_EQ(rotated.exchanges_sent(), calls.exchanges);
  EXPECT_EQ(rotated.wrong_keys(), 0U);
  EXPECT_GT(rotated.old_keys(), 0U);
  RecordProperty("calls", static_cast<int>(calls.made));
}

}  // namespace
}  // namespace modelgates::gateway
