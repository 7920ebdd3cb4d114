#include <filesystem>
#include <fstream>

#include "integration/tls_fixture.h"
#include "support/generic_call.h"

namespace modelgates::gateway {
namespace {

constexpr char kAlice[] = "spiffe://prod.example/alice";

// Callers that prove who they are by mutual TLS.
class CallerIdentityFlow : public TlsGateway {
 protected:
  CallerIdentityFlow() : rules_(folder_.cert_file() + ".callers.json") {}

  void Write(const std::string& rules) {
    std::ofstream(rules_ + ".fresh") << "{\"callers\": [" << rules << "]}";
    std::filesystem::rename(rules_ + ".fresh", rules_);
  }
  void StartWith(const std::string& rules) {
    Write(rules);
    Start(Mutual::kYes, {"--callers_file=" + rules_});
  }

  TestIdentity With(std::vector<std::string> names) const {
    return clients_.Issue({.names = std::move(names)});
  }
  CallEnd Create(const TestIdentity& identity) const {
    return Client(identity).Create(MinimalCreate());
  }
  // `caller` of the first call's line, which may come after the reply; empty: it has none.
  std::string FirstCaller() const {
    return gateway_->WaitForLines("call", 1) ? gateway_->Lines("call").front().value("caller", "")
                                             : "no line";
  }

  const std::string rules_;
};

struct IdentityCase {
  const char* name;
  std::vector<std::string> names;  // of the certificate
  const char* caller;              // empty: nobody
  bool allowed;
};

class CertificateFlow : public CallerIdentityFlow,
                        public testing::WithParamInterface<IdentityCase> {};

TEST_P(CertificateFlow, SaysWhoCalls) {
  StartWith(R"({"id": "spiffe://prod.example/*", "methods": ["CreateAuthCode"]},
               {"id": "dns:web.example", "methods": ["CreateAuthCode"]},
               {"id": "address:*", "methods": ["*"]})");
  const CallEnd call = Create(With(GetParam().names));
  if (GetParam().allowed) {
    EXPECT_THAT(call, Succeeds());
  } else {
    EXPECT_THAT(call, FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  }
  EXPECT_EQ(FirstCaller(), GetParam().caller);
}

INSTANTIATE_TEST_SUITE_P(
    , CertificateFlow,
    testing::Values(
        IdentityCase{"Spiffe", {"URI:spiffe://prod.example/alice"}, kAlice, true},
        IdentityCase{"SpiffeBeforeDns",
                     {"DNS:other.example", "URI:spiffe://prod.example/alice"},
                     kAlice,
                     true},
        IdentityCase{"OtherTrustDomain",
                     {"URI:spiffe://prod.example.evil/alice"},
                     "spiffe://prod.example.evil/alice",
                     false},
        IdentityCase{"Dns", {"DNS:web.example"}, "dns:web.example", true},
        IdentityCase{
            "FirstDns", {"DNS:other.example", "DNS:web.example"}, "dns:other.example", false},
        IdentityCase{
            "TwoUris", {"URI:spiffe://prod.example/alice", "URI:https://prod.example/"}, "", false},
        IdentityCase{"TwoSpiffeIds",
                     {"URI:spiffe://prod.example/alice", "URI:spiffe://prod.example/bob"},
                     "",
                     false},
        IdentityCase{"HostCalledLikeAnId", {"DNS:spiffe://prod.example/alice"}, "", false},
        IdentityCase{"AddressInsteadOfAName", {"IP:127.0.0.1"}, "", false},
        // Its common name is all that is left, and its address is no longer who it is.
        IdentityCase{"NoName", {}, "", false}),
    [](const auto& row) { return row.param.name; });

TEST_F(CallerIdentityFlow, GovernsStandardServicesToo) {
  StartWith(R"({"id": "spiffe://prod.example/alice", "methods": ["CreateAuthCode"]},
               {"id": "dns:probe.example", "methods": ["grpc.health.v1.Health/*"]})");
  const GatewayClient alice = Client(Alice());
  const GatewayClient probe = Client(With({"DNS:probe.example"}));
  constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
  EXPECT_THAT(CallMethod(alice.channel(), kCheck),
              FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  EXPECT_THAT(CallMethod(probe.channel(), kCheck), Succeeds());
  const auto lines = gateway_->Lines("caller_not_allowed");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["caller"], kAlice);
}

// A connection lives on; what it may do does not.
TEST_F(CallerIdentityFlow, IsAskedForEveryCallOfAConnection) {
  StartWith(R"({"id": "spiffe://prod.example/alice", "methods": ["*"]})");
  GatewayClient alice = Client(Alice());
  ASSERT_THAT(alice.Create(MinimalCreate()), Succeeds());
  Write(R"({"id": "spiffe://prod.example/bob", "methods": ["*"]})");
  ASSERT_TRUE(gateway_->WaitForEvent("reloaded"));
  EXPECT_THAT(alice.Create(MinimalCreate()),
              FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
}

TEST_F(CallerIdentityFlow, IsPartOfAnExchange) {
  Start(Mutual::kYes);
  const auto exchange = [this](const TestIdentity& identity) {
    return Client(identity).Exchange(MinimalExchange("code-1"));
  };
  ASSERT_THAT(exchange(Alice()), Succeeds());
  EXPECT_EQ(FirstCaller(), kAlice);
  // Another certificate of the same caller.
  EXPECT_EQ(exchange(Alice()).Trailer("x-modelgates-replayed"), "true");
  EXPECT_EQ(upstream_.Requests().size(), 1U);
  const auto of_bob = exchange(With({"URI:spiffe://prod.example/bob"}));
  EXPECT_EQ(of_bob.Trailer("x-modelgates-replayed"), "");
  EXPECT_EQ(upstream_.Requests().size(), 2U);
}

TEST_F(CallerIdentityFlow, AllowsToSpendTheGatewaysKeyOrOnesOwn) {
  Start(Mutual::kYes, {"--credential_mode=either"});
  GatewayClient alice = Client(Alice());
  EXPECT_THAT(alice.Create(MinimalCreate()), Succeeds());
  EXPECT_THAT(alice.Create(MinimalCreate(), {.metadata = {{"authorization", "Bearer sk-alice"}}}),
              Succeeds());
  ASSERT_EQ(upstream_.Requests().size(), 2U);
  EXPECT_EQ(upstream_.Requests()[0].Header("authorization"), std::nullopt);
  EXPECT_EQ(upstream_.Requests()[1].Header("authorization"), "Bearer sk-alice");
}

}  // namespace
}  // namespace modelgates::gateway
