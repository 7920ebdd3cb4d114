#include "integration/gateway_fixture.h"

#include <stdexcept>

namespace modelgates::gateway {

using std::chrono::milliseconds;

GatewayTest::GatewayTest(FakeUpstream::Options upstream) : upstream_(upstream) {
  if (upstream.http2) config_.upstream_http = UpstreamHttp::k2;
  AnswerBoth(upstream_);
  config_.listen = "127.0.0.1:0";
  config_.admin_listen = "";
  config_.upstream = upstream_.url() + "/api/v1";
  config_.initial_interval = milliseconds(10);
  config_.max_interval = milliseconds(10);
  config_.attempt_timeout = std::chrono::seconds(30);
  config_.drain_delay = milliseconds(0);
}

GatewayTest::~GatewayTest() = default;

Server& GatewayTest::server() {
  if (!server_) {
    auto started = Server::Start(config_, log_.log(), {.traces = traces_});
    if (!started.ok()) throw std::runtime_error(std::string(started.status().message()));
    server_ = *std::move(started);
  }
  return *server_;
}

void GatewayTest::Stop() {
  client_.reset();
  server_.reset();
}

GatewayClient& GatewayTest::client() {
  if (!client_) client_.emplace(server().grpc_address());
  return *client_;
}

}  // namespace modelgates::gateway
