#include "base/host_port.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

TEST(HostPort, IsSplitAtTheColonOutsideTheBrackets) {
  struct Case {
    std::string_view text;
    std::string_view host;
    std::string_view port;
  };
  for (const Case& row :
       {Case{"10.0.0.1:80", "10.0.0.1", "80"}, Case{"[::1]:0", "[::1]", "0"}, Case{":80", "", "80"},
        Case{"localhost:", "localhost", ""}, Case{"::1", ":", "1"}}) {
    const std::optional<HostPort> split = SplitHostPort(row.text);
    ASSERT_TRUE(split) << row.text;
    EXPECT_EQ(split->host, row.host) << row.text;
    EXPECT_EQ(split->port, row.port) << row.text;
  }
  for (const char* text : {"", "localhost", "[::1]"}) EXPECT_FALSE(SplitHostPort(text)) << text;
}

TEST(HostPort, HasAPortOfSixteenBits) {
  for (const char* port : {"0", "80", "65535"}) EXPECT_TRUE(IsPort(port)) << port;
  for (const char* port : {"", "65536", "-1", "+1", " 1", "1 ", "0x1", "99999999999"}) {
    EXPECT_FALSE(IsPort(port)) << port;
  }
}

TEST(HostPort, LosesItsBracketsInPairs) {
  EXPECT_EQ(WithoutBrackets("[::1]"), "::1");
  EXPECT_EQ(WithoutBrackets("[::1"), "[::1");
  EXPECT_EQ(WithoutBrackets("a.b"), "a.b");
  EXPECT_EQ(WithoutBrackets("["), "[");
}

TEST(Loopback, IsThisMachineOnly) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.0.1", "[::1]"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"", "a.b", "localhost.a.b", "126.0.0.1", "128.0.0.1", "[::2]", "::1",
                           "0.0.0.0", "127.0.0.1.a.b", "127.1"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace modelgates::gateway
