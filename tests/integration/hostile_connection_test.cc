#include <gmock/gmock.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include "frontend/server_limits.h"
#include "support/raw_http2.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// A server of gRPC's with the gateway's limits and shorter times, so that nobody waits. It answers
// every call with UNIMPLEMENTED.
class HostileConnections : public testing::Test {
 protected:
  RawHttp2& Connect(RawHttp2::Options options = {}) {
    grpc::ServerBuilder builder;
    ApplyLimits(limits_, builder);
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    return peer_.emplace("127.0.0.1:" + std::to_string(port), options);
  }

  // Long enough that no test sees it.
  static constexpr milliseconds kNever = std::chrono::hours(1);
  ServerLimits limits_{.handshake_timeout = kNever,
                       .keepalive_time = kNever,
                       .keepalive_timeout = kNever,
                       .max_connection_idle = kNever,
                       .max_connection_age = kNever};

 private:
  oauth::v1::OAuthService::CallbackService service_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<RawHttp2> peer_;
};

TEST_F(HostileConnections, WithoutAByteAreClosed) {
  limits_.handshake_timeout = milliseconds(50);
  EXPECT_TRUE(Connect({.sends_preface = false}).WaitForHangUp());
}

// As a peer that is gone without a word does.
TEST_F(HostileConnections, ThatGiveNoSignOfLifeAreClosed) {
  limits_.keepalive_time = milliseconds(50);
  limits_.keepalive_timeout = milliseconds(50);
  EXPECT_TRUE(Connect().WaitForHangUp());
}

TEST_F(HostileConnections, ThatStopWithinAFrameAreClosed) {
  limits_.keepalive_time = milliseconds(50);
  limits_.keepalive_timeout = milliseconds(50);
  RawHttp2& peer = Connect();
  const std::string frame = peer.OpenCall("CreateAuthCode");
  ASSERT_TRUE(peer.Send(frame.substr(0, frame.size() / 2)));
  EXPECT_TRUE(peer.WaitForHangUp());
}

TEST_F(HostileConnections, WithoutACallAreClosed) {
  limits_.max_connection_idle = milliseconds(50);
  EXPECT_TRUE(Connect().WaitForHangUp());
}

// A message whose last byte never comes, from a peer that answers every question for a sign of
// life, is held for age and grace of its connection and no longer.
TEST_F(HostileConnections, WithAMessageThatNeverEndsAreClosed) {
  limits_.keepalive_time = milliseconds(50);
  limits_.max_connection_age = milliseconds(100);
  limits_.age_grace = milliseconds(100);
  RawHttp2& peer = Connect();
  ASSERT_TRUE(peer.Send(peer.OpenCall("CreateAuthCode")));
  ASSERT_TRUE(peer.Send(peer.Data(RawHttp2::MessageHead(1000) + std::string(999, ' '))));
  EXPECT_EQ(peer.WaitForEnd(peer.stream()), RawHttp2::End::kGone);
  EXPECT_TRUE(peer.WaitForHangUp());
}

TEST(ServerLimits, FollowTheSettings) {
  Config config;
  config.max_metadata_bytes = 2048;
  config.max_deadline = std::chrono::seconds(77);
  ServerLimits limits = ToServerLimits(config);
  EXPECT_EQ(limits.max_metadata_bytes, 2048);
  EXPECT_EQ(limits.age_grace, std::chrono::seconds(77));
  EXPECT_EQ(limits.max_connection_age, std::chrono::minutes(30));
  config.max_connection_age = std::chrono::seconds(20);
  EXPECT_EQ(ToServerLimits(config).max_connection_age, std::chrono::seconds(20));
}

}  // namespace
}  // namespace modelgates::gateway
