#include <fstream>

#include "integration/tls_fixture.h"
#include "support/generic_call.h"

namespace modelgates::gateway {
namespace {

constexpr char kHeader[] = "x-forwarded-client-cert";

// Callers of a proxy that verifies their certificates and reaches the gateway by a Unix socket. The
// tests are the proxy; scripts/edge-check has the real one.
class ForwardedIdentity : public testing::Test {
 protected:
  ForwardedIdentity() : rules_(folder_.cert_file() + ".callers.json") { AnswerBoth(upstream_); }

  void Start(const std::vector<std::string>& more_flags) {
    std::vector<std::string> flags = {"--upstream=" + upstream_.url() + "/api/v1",
                                      "--listen=unix:" + folder_.cert_file() + ".sock"};
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    gateway_.emplace(flags);
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
  }
  std::string Callers(const std::string& rules) const {
    std::ofstream(rules_) << "{\"callers\": [" << rules << "]}";
    return "--callers_file=" + rules_;
  }
  static std::string Names(const std::string& names) {
    return "Hash=" + std::string(64, '0') + ";" + names;
  }
  CallEnd Create(const std::vector<std::string>& headers) const {
    CallSettings settings;
    for (const std::string& header : headers) settings.metadata.emplace_back(kHeader, header);
    return GatewayClient(gateway_->grpc_address()).Create(MinimalCreate(), settings);
  }
  static auto IsNotAllowed() { return FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"); }

  TlsFolder folder_;
  const std::string rules_;
  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
};

TEST_F(ForwardedIdentity, IsThatOfTheHeader) {
  Start({"--forwarded_client_cert",
         Callers(R"({"id": "spiffe://prod.example/alice", "methods": ["CreateAuthCode"]},
                    {"id": "dns:probe.example", "methods": ["grpc.health.v1.Health/*"]})")});
  EXPECT_THAT(Create({Names("URI=spiffe://prod.example/alice")}), Succeeds());
  EXPECT_THAT(Create({Names("URI=spiffe://prod.example/bob")}), IsNotAllowed());
  ASSERT_TRUE(gateway_->WaitForLines("call", 2));
  const auto lines = gateway_->Lines("call");
  EXPECT_EQ(lines[0]["caller"], "spiffe://prod.example/alice");
  EXPECT_EQ(lines[0]["peer"], "unix:");
  EXPECT_EQ(lines[1]["caller"], "spiffe://prod.example/bob");
  EXPECT_THAT(
      CallMethod(GatewayClient(gateway_->grpc_address()).channel(), "/grpc.health.v1.Health/Check"),
      IsNotAllowed());
}

// Whatever else may be wrong with the proxy, nobody is let in because of it.
TEST_F(ForwardedIdentity, IsNeverMissing) {
  Start({"--forwarded_client_cert"});
  const std::string alice = Names("URI=spiffe://prod.example/alice");
  EXPECT_THAT(Create({alice}), Succeeds());
  EXPECT_THAT(Create({}), IsNotAllowed());
  EXPECT_THAT(Create({""}), IsNotAllowed());
  EXPECT_THAT(Create({Names("URI=")}), IsNotAllowed());
  EXPECT_THAT(Create({alice, alice}), IsNotAllowed());
  EXPECT_THAT(Create({alice + "," + alice}), IsNotAllowed());
  EXPECT_EQ(upstream_.Requests().size(), 1U);
}

TEST_F(ForwardedIdentity, IsPartOfAnExchange) {
  Start({"--forwarded_client_cert"});
  const auto exchange = [this](const std::string& name) {
    return GatewayClient(gateway_->grpc_address())
        .Exchange(MinimalExchange("code-1"), {.metadata = {{kHeader, Names(name)}}});
  };
  ASSERT_THAT(exchange("URI=spiffe://prod.example/alice"), Succeeds());
  EXPECT_EQ(exchange("URI=spiffe://prod.example/alice").Trailer("x-modelgates-replayed"), "true");
  EXPECT_EQ(exchange("URI=spiffe://prod.example/bob").Trailer("x-modelgates-replayed"), "");
}

// A Unix socket does not report what is left after a part was received, as TCP does.
TEST_F(ForwardedIdentity, IsReceivedWholeHoweverLarge) {
  Start({"--forwarded_client_cert"});
  GatewayClient proxy(gateway_->grpc_address());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(proxy.Create(MinimalCreate(),
                             {.metadata = {{kHeader, Names("URI=spiffe://prod.example/alice")},
                                           {"x-large", std::string(11'000, 'a')}}}),
                Succeeds());
  }
}

// Without the setting the header is a field like any other.
TEST_F(ForwardedIdentity, IsIgnoredUnlessAskedFor) {
  Start({Callers(R"({"id": "spiffe://prod.example/alice", "methods": ["*"]})")});
  EXPECT_THAT(Create({Names("URI=spiffe://prod.example/alice")}), IsNotAllowed());
  ASSERT_TRUE(gateway_->WaitForLines("call", 1));
  EXPECT_EQ(gateway_->Lines("call").front().value("caller", ""), "");
}

}  // namespace
}  // namespace modelgates::gateway
