#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "support/gateway_client.h"

namespace modelgates::gateway {

struct GenericReply : CallEnd {
  std::string bytes;
};

// Calls any method, "/package.Service/Method", with `request` as its one message, and takes the
// first message of the reply; a stream that goes on is left.
GenericReply CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                        const std::string& request = "");

}  // namespace modelgates::gateway
