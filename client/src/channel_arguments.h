#pragma once

#include <grpcpp/support/channel_arguments.h>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// What MakeChannel() promises, as gRPC takes it.
grpc::ChannelArguments ToChannelArguments(const ClientOptions& options);

}  // namespace modelgates::oauth
