#include "frontend/tls_credentials.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <chrono>
#include <memory>
#include <string>

#include "support/tls_client.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// A server of gRPC's whose identity is replaced while it serves.
class Credentials : public testing::Test {
 protected:
  void Start(const TlsCredentials::Options& options) {
    credentials_ = std::make_shared<TlsCredentials>(Identity(issued_), options);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials_, &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  TestIdentity Issue() const { return authority_.Issue({.names = {"IP:127.0.0.1"}}); }
  static TlsIdentity Identity(const TestIdentity& issued) {
    TlsIdentity identity;
    identity.certificate_chain = issued.certificate;
    identity.private_key = Secret(issued.key);
    return identity;
  }
  std::string Served() const {
    TlsClient client(address_, {.trusted = authority_.pem()});
    return client.IsGreeted() ? client.server_certificate() : client.error();
  }
  // Whether a second client can resume the session of a first one.
  bool Resumes() const {
    TlsClient first(address_, {.trusted = authority_.pem()});
    EXPECT_TRUE(first.IsGreeted()) << first.error();
    const auto session = first.session();
    TlsClient second(address_, {.trusted = authority_.pem(), .session = session.get()});
    EXPECT_TRUE(second.IsGreeted()) << second.error();
    return second.resumed();
  }

  const TestAuthority authority_;
  const TestIdentity issued_ = Issue();
  std::string address_;
  std::shared_ptr<TlsCredentials> credentials_;

 private:
  oauth::v1::OAuthService::CallbackService service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Credentials, AreThoseThatWereUsedLast) {
  Start({});
  EXPECT_EQ(Served(), issued_.certificate);
  const TestIdentity next = Issue();
  EXPECT_TRUE(credentials_->Use(Identity(next)));
  EXPECT_FALSE(credentials_->Use(Identity(next))) << "nothing has changed";
  EXPECT_EQ(Served(), next.certificate);
}

// The last wall: gRPC itself cannot make anything of it.
TEST_F(Credentials, ThatGrpcRefusesLeaveThoseBeforeInUse) {
  Start({});
  EXPECT_EQ(Served(), issued_.certificate);
  credentials_->Use(Identity({issued_.certificate, Issue().key}));
  EXPECT_EQ(Served(), issued_.certificate);
}

TEST_F(Credentials, LetSessionsBeResumed) {
  Start({.sessions_end_after = 1h});
  EXPECT_TRUE(Resumes());
}

TEST_F(Credentials, EndSessionsAfterTheirTime) {
  Start({.sessions_end_after = 0s});
  EXPECT_FALSE(Resumes());
}

}  // namespace
}  // namespace modelgates::gateway
