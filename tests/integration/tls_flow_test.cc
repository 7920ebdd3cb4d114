#include <chrono>

#include "integration/tls_fixture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class TlsFlow : public TlsGateway {};

TEST_F(TlsFlow, ServesCallers) {
  Start(Mutual::kNo);
  EXPECT_THAT(Client().Create(MinimalCreate()), Succeeds());
  EXPECT_THAT(Client().Exchange(MinimalExchange("code-1")), Succeeds());
}

TEST_F(TlsFlow, TellsWhenCertificatesExpire) {
  Start(Mutual::kYes);
  const double tomorrow =
      std::chrono::duration<double>((std::chrono::system_clock::now() + 24h).time_since_epoch())
          .count();
  for (const char* file : {"tls_cert_file", "tls_client_ca_file"}) {
    const std::string series = "oauth_gateway_tls_certificate_expiry_timestamp_seconds{file=\"" +
                               std::string(file) + "\"}";
    EXPECT_NEAR(Metric(series), tomorrow, 300) << file;
  }
}

TEST_F(TlsFlow, ClosesPlainTextConnections) {
  Start(Mutual::kNo);
  EXPECT_EQ(GatewayClient(gateway_->grpc_address()).Create(MinimalCreate()).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(gateway_->WaitForEvent("tls_handshake_failed"));
  EXPECT_EQ(gateway_->Lines("tls_handshake_failed").front()["cause"], "protocol");
}

TEST_F(TlsFlow, ServesACallerWithACertificate) {
  Start(Mutual::kYes);
  EXPECT_THAT(Client(Alice()).Create(MinimalCreate()), Succeeds());
}

TEST_F(TlsFlow, SendsTheWholeChain) {
  folder_.Write(authority_.Intermediate().Issue(Names()));
  Start(Mutual::kNo);
  TlsClient client(gateway_->grpc_address(), By());
  EXPECT_TRUE(client.IsGreeted()) << client.error();
  EXPECT_EQ(client.certificates(), 2);
}

struct RefusedCase {
  std::string name;
  std::string cause;
  std::string error;
};

class RefusedCaller : public TlsGateway, public testing::WithParamInterface<RefusedCase> {
 protected:
  TlsClient::Options Options() const {
    const std::string& name = GetParam().name;
    if (name == "OtherAuthority") return By(TestAuthority().Issue({}));
    if (name == "AuthorityOfTheServer") return By(authority_.Issue({}));
    if (name == "Expired") return By(clients_.Issue({.names = {}, .valid_until = -1min}));
    if (name == "NotYetValid") return By(clients_.Issue({.names = {}, .valid_from = 1h}));
    TlsClient::Options options =
        By(name == "NoCertificate" ? std::nullopt : std::optional(Alice()));
    if (name == "NoHttp2") options.alpn = "http/1.1";
    if (name == "NoAlpn") options.alpn = "";
    return options;
  }
};

// Given mutual TLS, when a peer comes that is not allowed in, then it learns nothing of HTTP/2, and
// operators learn who it was and why.
TEST_P(RefusedCaller, IsCountedAndLoggedByCause) {
  Start(Mutual::kYes);
  TlsClient client(gateway_->grpc_address(), Options());
  EXPECT_FALSE(client.IsGreeted());
  EXPECT_TRUE(WaitForMetric(
      "oauth_gateway_tls_handshake_failures_total{cause=\"" + GetParam().cause + "\"}", 1));
  ASSERT_TRUE(gateway_->WaitForEvent("tls_handshake_failed"));
  const nlohmann::json line = gateway_->Lines("tls_handshake_failed").front();
  EXPECT_EQ(line["severity"], "WARNING");
  EXPECT_EQ(line["cause"], GetParam().cause);
  EXPECT_EQ(line["error"], GetParam().error);
  EXPECT_THAT(line.value("peer", ""), StartsWith("ipv4:127.0.0.1:"));
  EXPECT_EQ(line["count"], 1);
  EXPECT_TRUE(gateway_->Lines("grpc").empty());
  // Others go on.
  EXPECT_THAT(Client(Alice()).Create(MinimalCreate()), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedCaller,
    testing::Values(RefusedCase{"NoCertificate", "none", "peer did not return a certificate"},
                    RefusedCase{"OtherAuthority", "untrusted",
                                "unable to get local issuer certificate"},
                    RefusedCase{"AuthorityOfTheServer", "untrusted",
                                "self-signed certificate in certificate chain"},
                    RefusedCase{"Expired", "expired", "certificate has expired"},
                    RefusedCase{"NotYetValid", "expired", "certificate is not yet valid"},
                    RefusedCase{"NoHttp2", "protocol", "the client does not offer HTTP/2"},
                    RefusedCase{"NoAlpn", "protocol", "the client does not offer HTTP/2"}),
    [](const auto& row) { return row.param.name; });

// As a port scanner: each is counted, one a second is logged, with how many it stands for.
TEST_F(TlsFlow, LogsFailedHandshakesOnceASecond) {
  constexpr int kTries = 50;
  Start(Mutual::kYes);
  for (int i = 0; i < kTries; ++i) TlsClient(gateway_->grpc_address(), By()).IsGreeted();
  EXPECT_TRUE(WaitForMetric("oauth_gateway_tls_handshake_failures_total{cause=\"none\"}", kTries));
  EXPECT_LT(gateway_->Lines("tls_handshake_failed").size(), kTries / 2u);
}

struct ProtocolCase {
  std::string name;
  int version;
  std::string ciphers;
  bool served;
};

class TlsProtocol : public TlsGateway, public testing::WithParamInterface<ProtocolCase> {};

TEST_P(TlsProtocol, IsServedOnlyIfItIsStrong) {
  folder_.Write(authority_.Issue({.names = {"IP:127.0.0.1"}, .rsa_bits = 2048}));
  Start(Mutual::kNo);
  TlsClient::Options options = By();
  options.version = GetParam().version;
  options.ciphers = GetParam().ciphers;
  TlsClient client(gateway_->grpc_address(), options);
  EXPECT_EQ(client.IsGreeted(), GetParam().served) << client.error();
  if (GetParam().served) {
    EXPECT_EQ(client.version(), GetParam().version);
    EXPECT_THAT(client.cipher(), HasSubstr("GCM"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, TlsProtocol,
    testing::Values(ProtocolCase{"Tls10", TLS1_VERSION, "", false},
                    ProtocolCase{"Tls11", TLS1_1_VERSION, "", false},
                    ProtocolCase{"Tls12", TLS1_2_VERSION, "", true},
                    ProtocolCase{"Tls13", TLS1_3_VERSION, "", true},
                    ProtocolCase{"Aes128Gcm", TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", true},
                    ProtocolCase{"Aes256Gcm", TLS1_2_VERSION, "ECDHE-RSA-AES256-GCM-SHA384", true},
                    ProtocolCase{"NoForwardSecrecy", TLS1_2_VERSION, "kRSA", false},
                    ProtocolCase{"Cbc", TLS1_2_VERSION,
                                 "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384:AES128-SHA", false},
                    ProtocolCase{"FiniteFieldDh", TLS1_2_VERSION, "kDHE", false},
                    ProtocolCase{"NoEncryption", TLS1_2_VERSION, "eNULL", false},
                    ProtocolCase{"NoServerCertificate", TLS1_2_VERSION, "aNULL", false}),
    [](const auto& row) { return row.param.name; });

// What is wrong at the start is said, and nothing is served.
TEST_F(TlsFlow, EndsAtTheStartWhenAFileIsWrong) {
  TlsFolder::Write(folder_.key_file(), Server().key);
  for (const char* more : {"--check_config", "--check_config=false"}) {
    const GatewayRun run = RunGateway({"--listen=127.0.0.1:0", "--admin_listen=", more,
                                       "--tls_cert_file=" + folder_.cert_file(),
                                       "--tls_key_file=" + folder_.key_file()});
    EXPECT_EQ(run.exit_status, 2);
    EXPECT_THAT(run.err, AllOf(HasSubstr("--tls_key_file=\"" + folder_.key_file()),
                               HasSubstr("must hold the key of the first certificate")));
  }
}

TEST_F(TlsFlow, WarnsOfAListenerWithoutIt) {
  GatewayProcess gateway({"--listen=0.0.0.0:0"}, {"MODELGATES_API_KEY=sk-1"});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  const std::vector<nlohmann::json> lines = gateway.Lines("setting");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.front()["severity"], "WARNING");
  EXPECT_THAT(lines.front().value("warning", ""), HasSubstr("there is no --tls_cert_file"));
}

}  // namespace
}  // namespace modelgates::gateway
