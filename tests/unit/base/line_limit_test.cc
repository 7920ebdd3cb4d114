#include "base/line_limit.h"

#include <gtest/gtest.h>

#include <chrono>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

TEST(LineLimit, LetsOneLineASecondThroughForAllEvents) {
  LineLimit limit;
  const TimePoint start{1h};
  EXPECT_EQ(limit.Pass(start), 1u);
  EXPECT_EQ(limit.Pass(start), std::nullopt);
  EXPECT_EQ(limit.Pass(start + 999ms), std::nullopt);
  EXPECT_EQ(limit.Pass(start + 1s), 3u);
  EXPECT_EQ(limit.Pass(start + 1h), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
