#include <set>
#include <thread>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ConnectionAge : public GatewayTest {
 protected:
  // Where calls came from: each connection is a port of its own.
  std::set<std::string> Peers() {
    std::set<std::string> peers;
    for (const auto& line : log_.Lines("call")) peers.insert(line["peer"]);
    return peers;
  }
  void CallFor(milliseconds time) {
    const auto end = steady_clock::now() + time;
    while (steady_clock::now() < end) ASSERT_THAT(Create(), Succeeds());
  }
};

// Given callers that call without a pause, when their connections get too old, then they make
// others, and lose no call.
TEST_F(ConnectionAge, MakesCallersConnectAnewAndLosesNoCall) {
  config_.max_connection_age = milliseconds(200);
  CallFor(milliseconds(1500));
  EXPECT_GE(Peers().size(), 3u);
}

TEST_F(ConnectionAge, IsNoneByDefault) {
  CallFor(milliseconds(500));
  EXPECT_EQ(Peers().size(), 1u);
}

// A call that is longer than the connection may live is answered on it.
TEST_F(ConnectionAge, LetsARunningCallFinish) {
  config_.max_connection_age = milliseconds(100);
  upstream_.Enqueue(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(1000)));
  EXPECT_THAT(Create(), Succeeds());
}

}  // namespace
}  // namespace modelgates::gateway
