#include "base/peer_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include <string>

namespace modelgates::gateway {
namespace {

constexpr uint16_t kPort = 51356;

std::optional<PeerAddress> Parse(const std::string& text) {
  sockaddr_storage storage{};
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(kPort);
  } else if (inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(kPort);
  }
  return PeerAddress::From(storage);
}

TEST(PeerAddress, IsWrittenAsGrpcWritesIt) {
  EXPECT_EQ(Parse("192.0.2.1")->ToString(), "ipv4:192.0.2.1:51356");
  EXPECT_EQ(Parse("2001:db8::1")->ToString(), "ipv6:%5B2001:db8::1%5D:51356");
  // A socket that listens for both protocols.
  EXPECT_EQ(Parse("::ffff:192.0.2.1")->ToString(), "ipv4:192.0.2.1:51356");
}

TEST(PeerAddress, CountsAsItsAddressOrItsNetwork) {
  const auto network = [](const std::string& text) { return Parse(text)->network(); };
  EXPECT_EQ(network("192.0.2.1"), network("::ffff:192.0.2.1"));
  EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
  EXPECT_EQ(network("2001:db8::1"), network("2001:db8::ffff:1:2:3"));
  EXPECT_NE(network("2001:db8::1"), network("2001:db8:0:1::1"));
}

TEST(PeerAddress, IsOfNothingElse) {
  sockaddr_storage local{};
  local.ss_family = AF_NETLINK;
  EXPECT_FALSE(PeerAddress::From(local));
  const int unconnected = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_FALSE(PeerAddress::Of(unconnected));
  close(unconnected);
}

}  // namespace
}  // namespace modelgates::gateway
