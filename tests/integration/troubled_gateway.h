#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/mounted_secret.h"
#include "support/test_authority.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {

// The gateway as a process, and what brings it into trouble.
class TroubledGateway {
 public:
  TroubledGateway() { AnswerBoth(upstream); }
  TroubledGateway(const TroubledGateway&) = delete;
  TroubledGateway& operator=(const TroubledGateway&) = delete;
  ~TroubledGateway();

  // Starts it in front of `upstream`, unless `flags` name another one.
  void Start(const std::vector<std::string>& flags = {}, const std::vector<std::string>& env = {});
  // Starts it in front of an upstream with the certificate `served`. It trusts the CA of `trusted`.
  void StartWithCertificates(const TestCertificate& served, const TestCertificate& trusted);
  // Starts it with mutual TLS towards its callers, who must be of `callers`.
  void StartWithMutualTls(const TestAuthority& callers);
  // Starts it with this callers file.
  void StartWithRules(const std::string& json);

  CallEnd Create() { return client->Create(MinimalCreate()); }
  CallEnd Exchange() { return client->Exchange(MinimalExchange("code-1")); }
  // A create of a caller that trusts the gateway, with a certificate or without.
  CallEnd CreateByTls(const std::optional<TestIdentity>& identity) const;

  // Makes something that lasts as long as this.
  template <class T, class... Args>
  T& Keep(Args&&... args) {
    auto made = std::make_shared<T>(std::forward<Args>(args)...);
    kept_.push_back(made);
    return *made;
  }
  template <class T>
  void KeepCall(std::unique_ptr<T> call) {
    kept_.push_back(std::shared_ptr<T>(std::move(call)));
  }

  FakeUpstream upstream;
  MountedSecret files;
  std::optional<GatewayProcess> gateway;
  std::optional<GatewayClient> client;  // in plain text

 private:
  const TestAuthority authority_;  // of the gateway
  std::vector<std::shared_ptr<void>> kept_;
};

// Makes the symptom of one entry of docs/troubleshooting.md.
struct Scenario {
  const char* title;                          // of the entry
  CallEnd (*make)(TroubledGateway& gateway);  // what the caller sees
};

const std::vector<Scenario>& Scenarios();

}  // namespace modelgates::gateway
