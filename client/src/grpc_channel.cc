#include "modelgates/oauth/grpc_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>

#include "channel_arguments.h"

namespace modelgates::oauth {
namespace {

using std::chrono::milliseconds;

// The gateway closes connections with more frequent pings
// (GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS of its server).
constexpr milliseconds kMinKeepaliveTime{10'000};

constexpr char kBalanced[] = R"({"loadBalancingConfig":[{"round_robin":{}}]})";
constexpr char kBalancedAmongHealthy[] =
    R"({"loadBalancingConfig":[{"round_robin":{}}],)"
    R"("healthCheckConfig":{"serviceName":"modelgates.oauth.v1.OAuthService"}})";

int ToInt(milliseconds time) {
  return static_cast<int>(std::clamp<int64_t>(time.count(), 1, 1 << 30));
}

std::shared_ptr<grpc::ChannelCredentials> ToCredentials(const std::optional<TlsOptions>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls->root_certificates;
  options.pem_cert_chain = tls->client_certificates;
  options.pem_private_key = tls->client_key.Reveal();
  return grpc::SslCredentials(options);
}

}  // namespace

grpc::ChannelArguments ToChannelArguments(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(options.health_checking ? kBalancedAmongHealthy : kBalanced);
  // A TXT record must not define a retry policy, which would send a code twice. Without a policy
  // gRPC repeats only calls that no server has processed (RFC 9113, section 8.7), for example calls
  // that cross a GOAWAY.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   ToInt(std::max(options.keepalive_time, kMinKeepaliveTime)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ToInt(options.keepalive_timeout));
  // Detects a dead connection before the next call uses it.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // gRPC's default waits up to two minutes, much longer than the restart of a gateway.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 250);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 3'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetUserAgentPrefix("modelgates-oauth-cpp/" CLIENT_VERSION);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options) {
  return grpc::CreateCustomChannel(options.target, ToCredentials(options.tls),
                                   ToChannelArguments(options));
}

}  // namespace modelgates::oauth
