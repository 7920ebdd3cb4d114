#include "telemetry/breaker_log.h"

#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

json TheLine(const LogCapture& capture) {
  const std::vector<json> lines = capture.Lines();
  EXPECT_EQ(lines.size(), 1u);
  json line = lines.empty() ? json() : lines[0];
  line.erase("timestamp");
  line.erase("message");
  return line;
}

TEST(BreakerLog, WarnsWhenItOpens) {
  LogCapture capture;
  BreakerLog(capture.log())
      .OnOpened(
          {.counts = {.attempts = 25, .failures = 13}, .last_failure = oauth::v1::UPSTREAM_RESET});
  EXPECT_EQ(TheLine(capture), json::parse(R"({
      "severity": "WARNING", "event": "breaker_opened", "attempts": 25, "failures": 13,
      "reason": "UPSTREAM_RESET"})"));
}

TEST(BreakerLog, TellsWhenItCloses) {
  LogCapture capture;
  BreakerLog(capture.log()).OnClosed({.was_open = 12'500ms, .refused = 4711});
  EXPECT_EQ(TheLine(capture), json::parse(R"({
      "severity": "INFO", "event": "breaker_closed", "open_ms": 12500, "refused": 4711})"));
}

}  // namespace
}  // namespace modelgates::gateway
