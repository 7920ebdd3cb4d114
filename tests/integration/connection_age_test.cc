#include <grpcpp/create_channel.h>

#include <set>

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
  // As an ordinary client, which gRPC lets send again what no server has seen. That of the other
  // tests does not.
  void CallFor(milliseconds time) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    const auto stub = oauth::v1::OAuthService::NewStub(grpc::CreateCustomChannel(
        server().grpc_address(), grpc::InsecureChannelCredentials(), arguments));
    for (const auto end = steady_clock::now() + time; steady_clock::now() < end;) {
      grpc::ClientContext context;
      GatewayClient::CreateReply reply;
      const grpc::Status status = stub->CreateAuthCode(&context, MinimalCreate(), &reply);
      ASSERT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
    }
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
