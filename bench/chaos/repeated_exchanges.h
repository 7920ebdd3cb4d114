#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "single_use_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/temporary_folder.h"

namespace modelgates::bench {

// Gateways with one upstream that share their exchanges through a store.
class SharingGateways {
 public:
  // One gateway for each of `stores`, all with `flags`.
  SharingGateways(const SingleUseUpstream& upstream, const std::vector<std::string>& stores,
                  const std::vector<std::string>& flags);

  size_t count() const { return gateways_.size(); }
  gateway::GatewayProcess& gateway(size_t index) { return *gateways_[index]; }
  gateway::GatewayClient& client(size_t index) { return *clients_[index]; }
  // Calls whose exchange ran without the store.
  size_t Degraded() const;

 private:
  const gateway::TemporaryFolder folder_{"sharing-gateways"};
  std::vector<std::unique_ptr<gateway::GatewayProcess>> gateways_;
  std::vector<std::unique_ptr<gateway::GatewayClient>> clients_;
};

// The end of a call of an exchange, or of its repeat.
struct EndedExchange {
  using Clock = std::chrono::steady_clock;

  std::string code;
  size_t gateway = 0;  // of SharingGateways
  Clock::time_point began;
  Clock::time_point ended;
  std::string failure;  // code and reason; empty: it brought the key of its code
};

struct RepeatedLoad {
  size_t exchanges = 0;
  double per_second = 0;
  // After the exchange, distributed evenly up to this.
  std::chrono::milliseconds latest_repeat{8'000};
};

// Each exchange at one gateway, and once more at another one. Calls begin at an even rate, whether
// they succeed or not. Returns when all have ended.
std::vector<EndedExchange> RunRepeated(SharingGateways& gateways, const RepeatedLoad& load);

// One exchange; not waited for.
std::unique_ptr<gateway::GatewayClient::PendingExchange> StartExchange(
    gateway::GatewayClient& client, const std::string& code);

// How many of them failed, by failure, on stderr; the sum.
size_t CountFailures(const std::vector<EndedExchange>& calls);

}  // namespace modelgates::bench
