#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/metric_value.h"
#include "support/tls_client.h"
#include "support/tls_folder.h"
#include "support/typed_error.h"

namespace modelgates::gateway {

// The gateway as a process that serves its callers with TLS, and callers of it.
class TlsGateway : public testing::Test {
 protected:
  TlsGateway() {
    AnswerBoth(upstream_);
    folder_.Write(Server());
    TlsFolder::Write(folder_.ca_file(), clients_.pem());
  }

  static TestAuthority::Options Names() { return {.names = {"DNS:localhost", "IP:127.0.0.1"}}; }
  TestIdentity Server() const { return authority_.Issue(Names()); }
  TestIdentity Alice() const {
    return clients_.Issue({.names = {"URI:spiffe://prod.example/alice"}});
  }

  enum class Mutual { kNo, kYes };
  void Start(Mutual mutual, const std::vector<std::string>& more_flags = {}) {
    std::vector<std::string> flags = {"--upstream=" + upstream_.url() + "/api/v1",
                                      "--tls_cert_file=" + folder_.cert_file(),
                                      "--tls_key_file=" + folder_.key_file()};
    if (mutual == Mutual::kYes) flags.push_back("--tls_client_ca_file=" + folder_.ca_file());
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    gateway_.emplace(flags);
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
  }

  // gRPC's own client. Without an identity it has no certificate.
  GatewayClient Client(const std::optional<TestIdentity>& identity = std::nullopt) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority_.pem();
    if (identity) {
      options.pem_cert_chain = identity->certificate;
      options.pem_private_key = identity->key;
    }
    return GatewayClient(gateway_->grpc_address(), grpc::SslCredentials(options));
  }

  // A connection by OpenSSL; trusts the server's authority.
  TlsClient::Options By(const std::optional<TestIdentity>& identity = std::nullopt) const {
    TlsClient::Options options;
    options.trusted = authority_.pem();
    options.identity = identity;
    return options;
  }

  double Metric(const std::string& series) const {
    return MetricValue(gateway_->admin_address(), series).value_or(-1);
  }
  bool WaitForMetric(const std::string& series, double value) const {
    return gateway::WaitForMetric(gateway_->admin_address(), series, value);
  }

  const TestAuthority authority_;  // of the server
  const TestAuthority clients_;
  TlsFolder folder_;
  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
};

}  // namespace modelgates::gateway
