#include "support/connect_from.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel_posix.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "support/loopback.h"

namespace modelgates::gateway {

std::shared_ptr<grpc::Channel> ConnectFrom(const std::string& source, const std::string& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own = Loopback(0);
  EXPECT_EQ(inet_pton(AF_INET, source.c_str(), &own.sin_addr), 1) << source;
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof(own)), 0);
  const sockaddr_in peer = Loopback(std::stoi(address.substr(address.rfind(':') + 1)));
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)), 0);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomInsecureChannelFromFd("gateway", fd, arguments);
}

}  // namespace modelgates::gateway
