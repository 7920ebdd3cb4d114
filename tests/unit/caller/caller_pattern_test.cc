#include "caller/caller_pattern.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

CallerIdentity Spiffe(const std::string& path) {
  return CallerIdentity::OfCertificate("spiffe://" + path, "");
}
CallerIdentity Dns(const std::string& name) { return CallerIdentity::OfCertificate("", name); }
CallerIdentity Address(const std::string& address) {
  return CallerIdentity::OfPeer("ipv4:" + address + ":1");
}

struct PatternCase {
  const char* pattern;
  CallerIdentity caller;
  bool matches;
};

class CallerPatternTest : public testing::TestWithParam<PatternCase> {};

TEST_P(CallerPatternTest, MatchesItsCallersOnly) {
  const auto pattern = CallerPattern::Parse(GetParam().pattern);
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->Matches(GetParam().caller), GetParam().matches)
      << GetParam().pattern << " " << GetParam().caller.text();
}

INSTANTIATE_TEST_SUITE_P(
    All, CallerPatternTest,
    testing::Values(
        PatternCase{"spiffe://prod.example/ns/web", Spiffe("prod.example/ns/web"), true},
        PatternCase{"spiffe://prod.example/ns/web", Spiffe("prod.example/ns/web/sa"), false},
        PatternCase{"spiffe://prod.example/ns/web", Spiffe("prod.example/ns/Web"), false},
        PatternCase{"spiffe://prod.example/ns/*", Spiffe("prod.example/ns/batch/sa/a"), true},
        PatternCase{"spiffe://prod.example/ns/ba*", Spiffe("prod.example/ns/batch"), true},
        PatternCase{"spiffe://prod.example/ns/*", Spiffe("prod.example/nsx/a"), false},
        PatternCase{"spiffe://prod.example/*", Spiffe("prod.example.evil/ns"), false},
        PatternCase{"spiffe://*", Spiffe("any.example/ns"), true},
        PatternCase{"spiffe://*", Dns("any.example"), false},
        PatternCase{"dns:Probe.example", Dns("probe.EXAMPLE"), true},
        PatternCase{"dns:probe.example", Dns("probe.example.org"), false},
        PatternCase{"dns:probe.*", Dns("probe.example"), true},
        PatternCase{"dns:*", Dns("any"), true}, PatternCase{"dns:*", CallerIdentity(), false},
        PatternCase{"dns:*", Spiffe("any.example/ns"), false},
        PatternCase{"dns:192.0.2.7", Address("192.0.2.7"), false},
        PatternCase{"address:192.0.2.0/24", Address("192.0.2.7"), true},
        PatternCase{"address:192.0.2.0/24", Address("192.0.3.7"), false},
        PatternCase{"address:192.0.2.7", Address("192.0.2.7"), true},
        PatternCase{"address:*", Address("192.0.2.7"), true},
        PatternCase{"address:*", CallerIdentity(), false},
        PatternCase{"address:*", Dns("any"), false}));

TEST(CallerPattern, IsRefusedInAnyOtherForm) {
  for (const char* text : {"",
                           "*",
                           "prod.example",
                           "spiffe:*",
                           "spiffe://",
                           "spiffe://prod.example",
                           "spiffe://prod.example/",
                           "spiffe://prod.example*",
                           "spiffe://prod*",
                           "spiffe://*/ns",
                           "spiffe://prod.example/*/sa",
                           "spiffe://prod.example/ns//*",
                           "spiffe://prod.example/**",
                           "spiffe://Prod.example/ns/*",
                           "SPIFFE://prod.example/ns",
                           "dns:",
                           "dns:*.example",
                           "dns:**",
                           "dns:a b",
                           "dns:name:443",
                           "address:",
                           "address:10.*",
                           "address:10.0.0.1/8",
                           "address:localhost",
                           "address:[::1]",
                           "cn:alice",
                           "uri:spiffe://a/b",
                           "dns:n\xc3\xa4me"}) {
    EXPECT_FALSE(CallerPattern::Parse(text)) << text;
  }
}

TEST(CallerPattern, HasOneTextForTheSameCallers) {
  const auto text = [](const char* pattern) {
    return CallerPattern::Parse(pattern).value().text();
  };
  EXPECT_EQ(text("dns:A.example"), text("dns:a.example"));
  EXPECT_EQ(text("address:*"), text("address:::/0"));
  EXPECT_EQ(text("address:2001:DB8::/32"), text("address:2001:db8:0::/32"));
  EXPECT_EQ(text("address:192.0.2.7/32"), text("address:192.0.2.7"));
  EXPECT_NE(text("spiffe://a/B"), text("spiffe://a/b"));
}

}  // namespace
}  // namespace modelgates::gateway
