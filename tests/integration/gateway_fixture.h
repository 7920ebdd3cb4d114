#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <optional>

#include "config/config.h"
#include "gateway/server.h"
#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/log_capture.h"
#include "support/typed_error.h"

namespace modelgates::gateway {

// The gateway between a caller and a FakeUpstream that answers both operations with success. It
// starts at the first use of client(), with the `config_` of that moment: retries after 10 ms
// without a random part, no port for operators.
class GatewayTest : public ::testing::Test {
 protected:
  explicit GatewayTest(FakeUpstream::Options upstream = {});
  ~GatewayTest() override;

  Server& server();
  GatewayClient& client();
  // Ends the gateway and the client.
  void Stop();

  Called<GatewayClient::CreateReply> Create() { return client().Create(MinimalCreate()); }
  Called<GatewayClient::ExchangeReply> Exchange(const std::string& auth_code) {
    return client().Exchange(MinimalExchange(auth_code));
  }

  Config config_;
  TraceSettings traces_;
  FakeUpstream upstream_;
  LogCapture log_;

 private:
  std::unique_ptr<Server> server_;
  std::optional<GatewayClient> client_;
};

}  // namespace modelgates::gateway
