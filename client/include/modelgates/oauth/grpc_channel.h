#pragma once

#include <memory>

#include "modelgates/oauth/client.h"

// The only header that names gRPC, for programs that use gRPC themselves.
namespace grpc {
class Channel;
class ChannelInterface;
}  // namespace grpc

namespace modelgates::oauth {

// The channel that OAuthClient(options) creates: policy round_robin, health checking, keepalive
// within the gateway's limits, without gRPC's own retries and without proxies from the environment.
// It ignores ClientOptions::tls_files, because a channel keeps its certificates.
std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options);

// A client that uses `channel`. It ignores target, tls, tls_files, health checking and keepalive of
// `options`.
OAuthClient MakeClient(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options = {});

}  // namespace modelgates::oauth
