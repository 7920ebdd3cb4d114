#include <sys/resource.h>

#include <deque>

#include "integration/tls_fixture.h"
#include "support/tcp_connection.h"

namespace modelgates::gateway {
namespace {

using testing::StartsWith;

constexpr char kOpen[] = "oauth_gateway_connections";

std::string Refused(const std::string& setting) {
  return "oauth_gateway_connections_refused_total{cause=\"" + setting + "\"}";
}

// Connections from 127.0.0.`source`.
class ConnectionBounds : public TlsGateway {
 protected:
  ConnectionBounds() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  TcpConnection& Connect(int source = 2) {
    return connections_.emplace_back(gateway_->grpc_address(), source);
  }

  std::deque<TcpConnection> connections_;
};

TEST_F(ConnectionBounds, HoldForAllConnections) {
  Start(Mutual::kNo, {"--max_connections=3", "--handshake_timeout=60s"});
  for (int source = 2; source < 5; ++source) ASSERT_TRUE(Connect(source).connected());
  ASSERT_TRUE(WaitForMetric(kOpen, 3));
  EXPECT_TRUE(Connect(5).WaitForClose());
  EXPECT_EQ(Metric(Refused("max_connections")), 1);
  ASSERT_TRUE(gateway_->WaitForEvent("connection_refused"));
  const auto lines = gateway_->Lines("connection_refused");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.front()["severity"], "WARNING");
  EXPECT_EQ(lines.front()["cause"], "max_connections");
  EXPECT_THAT(lines.front().value("peer", ""), StartsWith("ipv4:127.0.0.5:"));
  connections_.pop_front();
  ASSERT_TRUE(WaitForMetric(kOpen, 2));
  EXPECT_THAT(Client().Create(MinimalCreate()), Succeeds());
}

TEST_F(ConnectionBounds, HoldForEachAddress) {
  Start(Mutual::kNo, {"--max_connections_per_address=2", "--handshake_timeout=60s"});
  for (int i = 0; i < 2; ++i) Connect(2);
  EXPECT_TRUE(Connect(2).WaitForClose());
  EXPECT_EQ(Metric(Refused("max_connections_per_address")), 1);
  EXPECT_THAT(Client().Create(MinimalCreate()), Succeeds());
}

TEST_F(ConnectionBounds, HoldForNewConnectionsPerSecond) {
  Start(Mutual::kNo, {"--max_handshakes_per_second=1"});
  for (int i = 0; i < 10; ++i) Connect();
  EXPECT_TRUE(connections_.back().WaitForClose());
  EXPECT_GE(Metric(Refused("max_handshakes_per_second")), 1);
  EXPECT_GE(Metric(kOpen), 2);
}

// Given a gateway that replaces another one, when all of the other's clients connect to it at once,
// then each is let in.
TEST_F(ConnectionBounds, LetARolloutOfAThousandClientsIn) {
  Start(Mutual::kNo, {"--handshake_timeout=60s"});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(Connect().connected());
  EXPECT_TRUE(WaitForMetric(kOpen, 1000));
  for (const char* setting :
       {"max_connections", "max_connections_per_address", "max_handshakes_per_second"}) {
    EXPECT_EQ(Metric(Refused(setting)), 0) << setting;
  }
}

// Given 3,000 peers of which none says anything, when others connect, then they are served, and the
// silent ones are gone after the handshake's time.
TEST_F(ConnectionBounds, OfSilentPeersLeaveRoomForOthers) {
  constexpr int kSilent = 3000;
  Start(Mutual::kYes, {"--handshake_timeout=3s", "--max_connections_per_address=1000",
                       "--max_handshakes_per_second=100000"});
  for (int i = 0; i < kSilent; ++i) ASSERT_TRUE(Connect(2 + i % 3).connected());
  EXPECT_TRUE(Connect(2).WaitForClose()) << "more than the bound of an address are held";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(Client(Alice()).Create(MinimalCreate()), Succeeds());
  const auto taken = std::chrono::steady_clock::now() - begin;
  RecordProperty("connect_and_call_ms",
                 static_cast<int>(std::chrono::round<std::chrono::milliseconds>(taken).count()));
  for (TcpConnection& connection : connections_) ASSERT_TRUE(connection.WaitForClose());
  EXPECT_TRUE(WaitForMetric(kOpen, 0));
}

}  // namespace
}  // namespace modelgates::gateway
