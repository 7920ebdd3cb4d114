#include "frontend/caller_connections.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <unistd.h>

#include "support/fake_loop.h"
#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

PeerAddress Peer() {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0xc0000201);
  address.sin_port = htons(4711);
  return *PeerAddress::From(storage);
}

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(CallerConnections, CloseWhatIsAboveABoundAndSaySoOnceASecond) {
  FakeLoop loop;
  LogCapture log;
  Metrics metrics;
  Config config;
  config.max_connections = 1;
  CallerConnections connections(config, loop, log.log(), metrics);
  const int first = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_TRUE(connections.Admit(first, Peer()));
  for (int i = 0; i < 3; ++i) {
    const int refused = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_FALSE(connections.Admit(refused, Peer()));
    EXPECT_FALSE(IsOpen(refused));
  }
  EXPECT_TRUE(IsOpen(first));
  connections.UpdateMetrics();
  EXPECT_THAT(metrics.Render(), HasSubstr("oauth_gateway_connections 1\n"));
  EXPECT_THAT(metrics.Render(), HasSubstr("refused_total{cause=\"max_connections\"} 3\n"));
  const auto lines = log.Lines("connection_refused");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["cause"], "max_connections");
  EXPECT_EQ(lines[0]["peer"], "ipv4:192.0.2.1:4711");
  EXPECT_EQ(lines[0]["count"], 1);
  close(first);
  connections.UpdateMetrics();
  EXPECT_THAT(metrics.Render(), HasSubstr("oauth_gateway_connections 0\n"));
}

}  // namespace
}  // namespace modelgates::gateway
