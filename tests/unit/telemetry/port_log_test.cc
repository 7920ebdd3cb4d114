#include "telemetry/port_log.h"

#include <gmock/gmock.h>
#include <netinet/in.h>

#include <cerrno>

#include "support/fake_loop.h"
#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class PortLogTest : public testing::Test {
 protected:
  FakeLoop loop_;
  LogCapture log_;
  Metrics metrics_;
  PortLog ports_{loop_, log_.log(), metrics_};
};

TEST_F(PortLogTest, CountsEachHandshakeThatFailsAndLogsOneASecond) {
  for (int i = 0; i < 10; ++i) {
    ports_.OnHandshakeFailed(
        {HandshakeCause::kExpired, "certificate has expired", "ipv4:192.0.2.1:1"});
  }
  loop_.Advance(std::chrono::seconds(1));
  ports_.OnHandshakeFailed({HandshakeCause::kProtocol, "http request", "ipv4:192.0.2.2:2"});
  const std::string page = metrics_.Render();
  EXPECT_THAT(page, HasSubstr("tls_handshake_failures_total{cause=\"expired\"} 10\n"));
  EXPECT_THAT(page, HasSubstr("tls_handshake_failures_total{cause=\"protocol\"} 1\n"));
  const auto lines = log_.Lines("tls_handshake_failed");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0]["cause"], "expired");
  EXPECT_EQ(lines[0]["error"], "certificate has expired");
  EXPECT_EQ(lines[0]["peer"], "ipv4:192.0.2.1:1");
  EXPECT_EQ(lines[0]["count"], 1);
  EXPECT_EQ(lines[1]["peer"], "ipv4:192.0.2.2:2");
  EXPECT_EQ(lines[1]["count"], 10);
}

// Given failures every 50 ms for two seconds, then each is counted, and one a second is logged.
TEST_F(PortLogTest, CountsEachFailureToAcceptAndLogsOneASecond) {
  for (int i = 0; i < 40; ++i) {
    ports_.OnAcceptFailed(EMFILE);
    loop_.Advance(std::chrono::milliseconds(50));
  }
  EXPECT_THAT(metrics_.Render(), HasSubstr("oauth_gateway_accept_failures_total 40\n"));
  const auto lines = log_.Lines("accept_failed");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines.front()["severity"], "ERROR");
  EXPECT_EQ(lines.front()["error"], "Too many open files");
}

// A line for one cause keeps no line back for another.
TEST_F(PortLogTest, CountsEachConnectionThatIsRefusedAndLogsOneASecond) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0xc0000201);
  address.sin_port = htons(4711);
  const PeerAddress peer = *PeerAddress::From(storage);
  ports_.OnAcceptFailed(EMFILE);
  for (int i = 0; i < 3; ++i) {
    ports_.OnConnectionRefused(ConnectionLimits::Bound::kConnections, peer);
  }
  EXPECT_THAT(metrics_.Render(), HasSubstr("refused_total{cause=\"max_connections\"} 3\n"));
  const auto lines = log_.Lines("connection_refused");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["cause"], "max_connections");
  EXPECT_EQ(lines[0]["peer"], "ipv4:192.0.2.1:4711");
  EXPECT_EQ(lines[0]["count"], 1);
}

}  // namespace
}  // namespace modelgates::gateway
