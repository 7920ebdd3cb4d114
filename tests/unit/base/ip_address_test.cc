#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

TEST(IpAddress, HasOneFormWhateverItsText) {
  EXPECT_EQ(ToString(ParseIpAddress("192.0.2.7").value()), "192.0.2.7");
  EXPECT_EQ(ToString(ParseIpAddress("::ffff:192.0.2.7").value()), "192.0.2.7");
  EXPECT_EQ(ToString(ParseIpAddress("2001:DB8:0:0::0001").value()), "2001:db8::1");
  for (const char* text :
       {"", "192.0.2", "192.0.2.7.1", "192.0.2.07", "[::1]", "::1%eth0", "host"}) {
    EXPECT_EQ(ParseIpAddress(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace modelgates::gateway
