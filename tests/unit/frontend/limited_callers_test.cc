#include "frontend/limited_callers.h"

#include <gtest/gtest.h>

#include <string>

#include "support/fake_loop.h"
#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::seconds;

class LimitedCallersTest : public testing::Test {
 protected:
  void Refuse(const std::string& caller, int times) {
    for (int i = 0; i < times; ++i) limited_.Add(caller);
  }

  FakeLoop loop_;
  LogCapture log_;
  LimitedCallers limited_{loop_, log_.log()};
};

TEST_F(LimitedCallersTest, NameTheCallerThatIsRefusedMost) {
  Refuse("dns:a", 3);
  Refuse("dns:b", 70);
  Refuse("dns:a", 5);
  EXPECT_TRUE(log_.Lines("callers_limited").empty());
  loop_.Advance(seconds(1));
  const auto lines = log_.Lines("callers_limited");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["severity"], "WARNING");
  EXPECT_EQ(lines[0]["caller"], "dns:b");
  EXPECT_EQ(lines[0]["refused_of_caller"], 70);
  EXPECT_EQ(lines[0]["refused_in_all"], 78);
}

TEST_F(LimitedCallersTest, WriteOneLineASecondAtMostAndNoneWithoutRefusals) {
  loop_.Advance(seconds(10));
  EXPECT_FALSE(loop_.HasTimer());
  for (int i = 0; i < 100; ++i) {
    Refuse("dns:a", 10);
    loop_.Advance(std::chrono::milliseconds(100));
  }
  EXPECT_LE(log_.Lines("callers_limited").size(), 10U);
  EXPECT_GE(log_.Lines("callers_limited").size(), 8U);
  loop_.Advance(seconds(10));
  int sum = 0;
  for (const auto& line : log_.Lines("callers_limited")) sum += line["refused_in_all"].get<int>();
  EXPECT_EQ(sum, 1000);
  EXPECT_FALSE(loop_.HasTimer());
}

// A hundred callers a second, each with a few refusals, and one that comes late with many.
TEST_F(LimitedCallersTest, FindTheOneAmongMoreCallersThanAreCounted) {
  for (int i = 0; i < 100; ++i) Refuse("dns:" + std::to_string(i), 3);
  Refuse("dns:many", 50);
  for (int i = 0; i < 100; ++i) Refuse("dns:" + std::to_string(i), 1);
  loop_.Advance(seconds(1));
  const auto lines = log_.Lines("callers_limited");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["caller"], "dns:many");
  EXPECT_GE(lines[0]["refused_of_caller"], 50);
  EXPECT_EQ(lines[0]["refused_in_all"], 450);
}

}  // namespace
}  // namespace modelgates::gateway
