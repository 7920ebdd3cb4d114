#include "gateway/accept_failures.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Given failures every 50 ms for two seconds, then each is counted, and one a second is logged.
TEST(AcceptFailures, AreCountedEachAndLoggedOnceASecond) {
  LogCapture log;
  Metrics metrics;
  AcceptFailures failures(log.log(), metrics);
  TimePoint now{};
  for (int i = 0; i < 40; ++i) {
    failures.Report(EMFILE, now);
    now += std::chrono::milliseconds(50);
  }
  EXPECT_THAT(metrics.Render(), HasSubstr("oauth_gateway_accept_failures_total 40\n"));
  const auto lines = LogCapture::LinesOf(log.text(), "accept_failed");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines.front()["severity"], "ERROR");
  EXPECT_EQ(lines.front()["error"], "Too many open files");
}

}  // namespace
}  // namespace modelgates::gateway
