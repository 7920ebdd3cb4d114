#include <gtest/gtest.h>

#include "admin/admin_pages.h"

namespace modelgates::gateway {
namespace {

struct HostCase {
  const char* name;
  const char* host;
  bool served;
};

class ServedHost : public testing::TestWithParam<HostCase> {};

TEST_P(ServedHost, IsAnAddressLocalhostOrTheConfiguredOne) {
  EXPECT_EQ(IsServedHost(GetParam().host, "gateway.example"), GetParam().served) << GetParam().host;
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, ServedHost,
    testing::Values(HostCase{"Ipv4", "10.1.2.3", true}, HostCase{"Ipv4Port", "10.1.2.3:9090", true},
                    HostCase{"Ipv6", "[fd00::1]", true}, HostCase{"Ipv6Port", "[::1]:9090", true},
                    HostCase{"Localhost", "localhost", true},
                    HostCase{"LocalhostPort", "LocalHost:9090", true},
                    HostCase{"Configured", "gateway.example", true},
                    HostCase{"ConfiguredPort", "GATEWAY.example:80", true},
                    HostCase{"Foreign", "evil.example", false},
                    HostCase{"ForeignPort", "evil.example:9090", false},
                    HostCase{"ForeignThatBeginsWell", "localhost.evil.example", false},
                    HostCase{"ForeignThatBeginsWithAnAddress", "127.0.0.1.evil.example", false},
                    HostCase{"NoPortBehindTheColon", "127.0.0.1:evil", false},
                    HostCase{"BareIpv6", "::1", false}, HostCase{"OpenBracket", "[::1", false},
                    HostCase{"User", "localhost@evil.example", false}, HostCase{"Empty", "", false},
                    HostCase{"OnlyAPort", ":9090", false}),
    [](const auto& param) { return param.param.name; });

// An address is no name: nothing is configured then.
TEST(ServedHostWithoutAName, IsNotTheEmptyOne) {
  EXPECT_FALSE(IsServedHost("", ""));
  EXPECT_FALSE(IsServedHost("evil.example", "0.0.0.0"));
}

}  // namespace
}  // namespace modelgates::gateway
