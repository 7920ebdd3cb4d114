#include "integration/troubled_gateway.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {

TroubledGateway::~TroubledGateway() {
  client.reset();
  gateway.reset();
  while (!kept_.empty()) kept_.pop_back();
}

void TroubledGateway::Start(const std::vector<std::string>& flags,
                            const std::vector<std::string>& env) {
  // Of two flags the last one counts.
  std::vector<std::string> all = {"--upstream=" + upstream.url() + "/api/v1",
                                  "--initial_interval=10ms", "--max_interval=10ms"};
  all.insert(all.end(), flags.begin(), flags.end());
  gateway.emplace(all, env);
  ASSERT_TRUE(gateway->WaitUntilListening()) << gateway->err();
  client.emplace(gateway->grpc_address());
}

void TroubledGateway::StartWithCertificates(const TestCertificate& served,
                                            const TestCertificate& trusted) {
  auto& tls = Keep<FakeUpstream>(FakeUpstream::Options{.tls = served.server_context()});
  Start({"--upstream=" + tls.url(), "--upstream_ca_file=" + trusted.ca_file()});
}

void TroubledGateway::StartWithMutualTls(const TestAuthority& callers) {
  const TestIdentity own = authority_.Issue({.names = {"IP:127.0.0.1"}});
  files.Mount({{"tls.crt", own.certificate}, {"tls.key", own.key}, {"ca.crt", callers.pem()}});
  Start({"--tls_cert_file=" + files / "tls.crt", "--tls_key_file=" + files / "tls.key",
         "--tls_client_ca_file=" + files / "ca.crt"});
}

void TroubledGateway::StartWithRules(const std::string& json) {
  files.Mount({{"callers.json", json}});
  Start({"--callers_file=" + files / "callers.json"});
}

CallEnd TroubledGateway::CreateByTls(const std::optional<TestIdentity>& identity) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.pem();
  if (identity) {
    options.pem_cert_chain = identity->certificate;
    options.pem_private_key = identity->key;
  }
  return GatewayClient(gateway->grpc_address(), grpc::SslCredentials(options))
      .Create(MinimalCreate());
}

}  // namespace modelgates::gateway
