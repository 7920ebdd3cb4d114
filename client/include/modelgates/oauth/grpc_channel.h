#pragma once

#include <memory>

#include "modelgates/oauth/client.h"

// The one header that names gRPC, for programs that use it themselves.
namespace grpc {
class Channel;
class ChannelInterface;
}  // namespace grpc

namespace modelgates::oauth {

// The channel that OAuthClient(options) would make: round_robin, health checking, keepalive within
// the gateway's limits, no retries of gRPC's own, no proxy of the environment.
std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options);

// A client on a channel of the caller's own. Of `options` target, tls, health checking and
// keepalive are not looked at.
OAuthClient MakeClient(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options = {});

}  // namespace modelgates::oauth
