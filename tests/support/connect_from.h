#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace modelgates::gateway {

// A channel over one connection from `source`, an address of 127.0.0.0/8, to 127.0.0.1 and the port
// of `address`.
std::shared_ptr<grpc::Channel> ConnectFrom(const std::string& source, const std::string& address);

}  // namespace modelgates::gateway
