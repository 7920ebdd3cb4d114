#pragma once

#include <grpcpp/support/channel_arguments.h>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// The channel arguments of MakeChannel().
grpc::ChannelArguments ToChannelArguments(const ClientOptions& options);

}  // namespace modelgates::oauth
