#include "channel_arguments.h"

#include <gmock/gmock.h>
#include <grpc/grpc.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <variant>

namespace modelgates::oauth {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

using Values = std::map<std::string, std::variant<int, std::string>>;

Values ValuesOf(const ClientOptions& options) {
  Values values;
  const grpc::ChannelArguments arguments = ToChannelArguments(options);
  const grpc_channel_args all = arguments.c_channel_args();
  for (size_t i = 0; i < all.num_args; ++i) {
    const grpc_arg& argument = all.args[i];
    if (argument.type == GRPC_ARG_INTEGER) values[argument.key] = argument.value.integer;
    if (argument.type == GRPC_ARG_STRING) values[argument.key] = argument.value.string;
  }
  return values;
}

int Number(const ClientOptions& options, const char* name) {
  return std::get<int>(ValuesOf(options).at(name));
}

json ServiceConfig(const ClientOptions& options) {
  return json::parse(std::get<std::string>(ValuesOf(options).at(GRPC_ARG_SERVICE_CONFIG)));
}

TEST(ChannelArguments, SpreadCallsOverHealthyGateways) {
  const json config = ServiceConfig({});
  EXPECT_EQ(config["loadBalancingConfig"], json::parse(R"([{"round_robin":{}}])"));
  EXPECT_EQ(config["healthCheckConfig"]["serviceName"], "modelgates.oauth.v1.OAuthService");
}

TEST(ChannelArguments, LeaveHealthAloneWhenTold) {
  const json config = ServiceConfig({.health_checking = false});
  EXPECT_TRUE(config.contains("loadBalancingConfig"));
  EXPECT_FALSE(config.contains("healthCheckConfig"));
}

TEST(ChannelArguments, LeaveRetriesToTheGateway) {
  EXPECT_EQ(Number({}, GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION), 1);
  EXPECT_FALSE(ServiceConfig({}).contains("methodConfig"));
}

// Off would also be off for calls that no server has seen.
TEST(ChannelArguments, LeaveToGrpcWhatNoServerHasSeen) {
  EXPECT_FALSE(ValuesOf({}).contains(GRPC_ARG_ENABLE_RETRIES));
}

// The server closes connections that ping more often than every 10 s.
TEST(ChannelArguments, PingNoMoreOftenThanTheGatewayPermits) {
  EXPECT_EQ(Number({}, GRPC_ARG_KEEPALIVE_TIME_MS), 30'000);
  EXPECT_EQ(Number({.keepalive_time = 1ms}, GRPC_ARG_KEEPALIVE_TIME_MS), 10'000);
  EXPECT_EQ(Number({.keepalive_time = 60s}, GRPC_ARG_KEEPALIVE_TIME_MS), 60'000);
  EXPECT_GT(Number({.keepalive_time = 24h * 365 * 100}, GRPC_ARG_KEEPALIVE_TIME_MS), 60'000);
  EXPECT_EQ(Number({}, GRPC_ARG_KEEPALIVE_TIMEOUT_MS), 10'000);
  EXPECT_EQ(Number({.keepalive_timeout = 0ms}, GRPC_ARG_KEEPALIVE_TIMEOUT_MS), 1);
}

TEST(ChannelArguments, TakeNoProxyOfTheEnvironment) {
  EXPECT_EQ(Number({}, GRPC_ARG_ENABLE_HTTP_PROXY), 0);
}

}  // namespace
}  // namespace modelgates::oauth
