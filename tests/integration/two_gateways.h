#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {

// Two real gateways with one upstream, which share their exchanges through a store.
class TwoGateways : public testing::Test {
 protected:
  static constexpr char kApiKey[] = "sk-of-the-gateway-itself";
  static constexpr char kPepper[] = "pepper-of-the-shared-store-tests-1234567890";

  TwoGateways() {
    std::ofstream(pepper_file_) << kPepper << '\n';
    AnswerBoth(upstream_);
  }

  void StartBoth(const std::string& store, const std::vector<std::string>& more) {
    std::vector<std::string> flags = {
        "--upstream=" + upstream_.url() + "/api/v1", "--exchange_store=" + store,
        "--exchange_pepper_file=" + pepper_file_, "--admin_listen=127.0.0.1:0"};
    flags.insert(flags.end(), more.begin(), more.end());
    for (auto* gateway : {&first_, &second_}) {
      gateway->emplace(flags,
                       std::vector<std::string>{std::string("MODELGATES_API_KEY=") + kApiKey});
      ASSERT_TRUE((*gateway)->WaitUntilListening()) << (*gateway)->err();
    }
    first_client_.emplace(first_->grpc_address());
    second_client_.emplace(second_->grpc_address());
  }

 private:
  const TemporaryFolder folder_{"two-gateways"};

 protected:
  const std::string pepper_file_ = folder_ / "pepper";
  FakeUpstream upstream_;
  std::optional<GatewayProcess> first_;
  std::optional<GatewayProcess> second_;
  std::optional<GatewayClient> first_client_;
  std::optional<GatewayClient> second_client_;
};

}  // namespace modelgates::gateway
