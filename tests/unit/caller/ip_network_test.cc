#include "caller/ip_network.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

struct NetworkCase {
  const char* network;
  const char* inside;
  const char* outside;
  const char* text;
};

class IpNetworkTest : public testing::TestWithParam<NetworkCase> {};

TEST_P(IpNetworkTest, ContainsWhatHasItsPrefix) {
  const auto network = ParseIpNetwork(GetParam().network);
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->Contains(ParseIpAddress(GetParam().inside).value()));
  EXPECT_FALSE(network->Contains(ParseIpAddress(GetParam().outside).value()));
  EXPECT_EQ(ToString(*network), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, IpNetworkTest,
    testing::Values(NetworkCase{"10.0.0.0/8", "10.255.0.1", "11.0.0.1", "10.0.0.0/8"},
                    NetworkCase{"192.0.2.128/25", "192.0.2.129", "192.0.2.127", "192.0.2.128/25"},
                    NetworkCase{"0.0.0.0/0", "255.255.255.255", "2001:db8::1", "0.0.0.0/0"},
                    NetworkCase{"192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.7"},
                    NetworkCase{"192.0.2.7/32", "::ffff:192.0.2.7", "192.0.2.6", "192.0.2.7"},
                    NetworkCase{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1",
                                "2001:db8::/33"},
                    NetworkCase{"2001:db8::1", "2001:db8::1", "2001:db8::2", "2001:db8::1"}));

TEST(IpNetwork, IsRefusedInAnyOtherForm) {
  for (const char* text :
       {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64", "10.0.0.0/255.0.0.0", "10.*"}) {
    EXPECT_FALSE(ParseIpNetwork(text)) << text;
  }
}

}  // namespace
}  // namespace modelgates::gateway
