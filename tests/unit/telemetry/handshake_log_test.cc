#include "telemetry/handshake_log.h"

#include <gmock/gmock.h>

#include "support/fake_loop.h"
#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(HandshakeLog, CountsEachFailureAndLogsOneASecond) {
  FakeLoop loop;
  LogCapture log;
  Metrics metrics;
  HandshakeLog handshakes(loop, log.log(), metrics);
  for (int i = 0; i < 10; ++i) {
    handshakes.OnHandshakeFailed(
        {HandshakeCause::kExpired, "certificate has expired", "ipv4:192.0.2.1:1"});
  }
  loop.Advance(std::chrono::seconds(1));
  handshakes.OnHandshakeFailed({HandshakeCause::kProtocol, "http request", "ipv4:192.0.2.2:2"});
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("tls_handshake_failures_total{cause=\"expired\"} 10\n"));
  EXPECT_THAT(page, HasSubstr("tls_handshake_failures_total{cause=\"protocol\"} 1\n"));
  const auto lines = log.Lines("tls_handshake_failed");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0]["cause"], "expired");
  EXPECT_EQ(lines[0]["error"], "certificate has expired");
  EXPECT_EQ(lines[0]["peer"], "ipv4:192.0.2.1:1");
  EXPECT_EQ(lines[0]["count"], 1);
  EXPECT_EQ(lines[1]["peer"], "ipv4:192.0.2.2:2");
  EXPECT_EQ(lines[1]["count"], 10);
}

}  // namespace
}  // namespace modelgates::gateway
