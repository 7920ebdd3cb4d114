#include "caller/caller_identity.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

using Kind = CallerIdentity::Kind;

struct CertificateCase {
  const char* name;
  std::string spiffe_id;
  std::string dns_name;
  Kind kind;
  std::string text;
};

class CertificateTest : public testing::TestWithParam<CertificateCase> {};

TEST_P(CertificateTest, SaysWhoCalls) {
  const auto& row = GetParam();
  const CallerIdentity caller = CallerIdentity::OfCertificate(row.spiffe_id, row.dns_name);
  EXPECT_EQ(caller.kind(), row.kind);
  EXPECT_EQ(caller.text(), row.text);
  EXPECT_EQ(caller.authenticated(), row.kind != Kind::kNone);
}

INSTANTIATE_TEST_SUITE_P(
    All, CertificateTest,
    testing::Values(
        CertificateCase{"SpiffeFirst", "spiffe://prod.example/ns/web/sa/checkout", "web.example",
                        Kind::kSpiffe, "spiffe://prod.example/ns/web/sa/checkout"},
        CertificateCase{"Dns", "", "probe.prod.example", Kind::kDns, "dns:probe.prod.example"},
        CertificateCase{"SmallLetters", "", "Probe.PROD.example", Kind::kDns,
                        "dns:probe.prod.example"},
        CertificateCase{"WildcardOfACertificate", "", "*.prod.example", Kind::kDns,
                        "dns:*.prod.example"},
        CertificateCase{"Neither", "", "", Kind::kNone, ""},
        CertificateCase{"OtherUri", "https://prod.example/ns", "web.example", Kind::kDns,
                        "dns:web.example"},
        CertificateCase{"NoPath", "spiffe://prod.example", "", Kind::kNone, ""},
        CertificateCase{"EmptyPath", "spiffe://prod.example/", "", Kind::kNone, ""},
        CertificateCase{"EmptySegment", "spiffe://prod.example//sa", "", Kind::kNone, ""},
        CertificateCase{"DotSegment", "spiffe://prod.example/ns/../admin", "", Kind::kNone, ""},
        CertificateCase{"EndsInSlash", "spiffe://prod.example/ns/", "", Kind::kNone, ""},
        CertificateCase{"CapitalsInTheDomain", "spiffe://Prod.example/ns", "", Kind::kNone, ""},
        CertificateCase{"PortInTheDomain", "spiffe://prod.example:80/ns", "", Kind::kNone, ""},
        CertificateCase{"Escapes", "spiffe://prod.example/n%73", "", Kind::kNone, ""},
        CertificateCase{"LongDomain", "spiffe://" + std::string(256, 'a') + "/ns", "", Kind::kNone,
                        ""},
        CertificateCase{"LongId", "spiffe://a/" + std::string(2048, 'a'), "", Kind::kNone, ""},
        CertificateCase{"LineBreak", "", "web.example\nevent: call", Kind::kNone, ""},
        CertificateCase{"Nul", "", std::string("web\0.example", 12), Kind::kNone, ""},
        CertificateCase{"LongName", "", std::string(254, 'a'), Kind::kNone, ""}),
    [](const auto& row) { return row.param.name; });

struct PeerCase {
  const char* peer;
  const char* text;
};

class PeerTest : public testing::TestWithParam<PeerCase> {};

TEST_P(PeerTest, IsItsAddress) {
  const CallerIdentity caller = CallerIdentity::OfPeer(GetParam().peer);
  EXPECT_EQ(caller.text(), GetParam().text);
  EXPECT_FALSE(caller.authenticated());
}

INSTANTIATE_TEST_SUITE_P(
    All, PeerTest,
    testing::Values(PeerCase{"ipv4:192.0.2.7:4711", "address:192.0.2.7"},
                    PeerCase{"ipv6:%5B2001:db8::1%5D:4711", "address:2001:db8::1"},
                    PeerCase{"ipv6:[2001:db8::1]:4711", "address:2001:db8::1"},
                    PeerCase{"ipv6:%5Bfe80::1%25eth0%5D:4711", "address:fe80::1"},
                    PeerCase{"ipv6:%5B::ffff:192.0.2.7%5D:4711", "address:192.0.2.7"},
                    PeerCase{"unix:/run/gateway", ""}, PeerCase{"unknown", ""}, PeerCase{"", ""},
                    PeerCase{":", ""}, PeerCase{"ipv4:4711", ""}));

}  // namespace
}  // namespace modelgates::gateway
