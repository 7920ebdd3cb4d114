#include "caller/forwarded_certificate.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

const std::string kHash = "Hash=" + std::string(64, 'a');

struct ForwardedCase {
  const char* name;
  std::string header;
  const char* caller;  // empty: nobody
};

class ForwardedTest : public testing::TestWithParam<ForwardedCase> {};

TEST_P(ForwardedTest, NamesTheCallerOrNobody) {
  EXPECT_EQ(IdentityOfForwarded(GetParam().header).text(), GetParam().caller);
}

INSTANTIATE_TEST_SUITE_P(
    , ForwardedTest,
    testing::Values(
        ForwardedCase{"Spiffe", kHash + ";URI=spiffe://prod.example/alice",
                      "spiffe://prod.example/alice"},
        ForwardedCase{"SpiffeBeforeDns", kHash + ";URI=spiffe://prod.example/alice;DNS=a.example",
                      "spiffe://prod.example/alice"},
        ForwardedCase{"Dns", kHash + ";URI=;DNS=Web.example", "dns:web.example"},
        ForwardedCase{"FirstDns", kHash + ";URI=;DNS=a.example;DNS=b.example", "dns:a.example"},
        ForwardedCase{"NoName", kHash + ";URI=", ""},
        // A URI name could spell what follows it.
        ForwardedCase{"OtherUri", kHash + ";URI=https://prod.example/a;DNS=b.example", ""},
        ForwardedCase{"TwoUris", kHash + ";URI=spiffe://a/alice;URI=spiffe://a/bob", ""},
        ForwardedCase{"UriAfterDns", kHash + ";URI=;DNS=a.example;URI=spiffe://a/alice", ""},
        ForwardedCase{"UriInsteadOfNone", kHash + ";DNS=a.example;URI=spiffe://a/alice", ""},
        ForwardedCase{"NamesThatAreNone", kHash + ";URI=;DNS=a b", ""},
        ForwardedCase{"EmptyDns", kHash + ";URI=;DNS=", ""},
        ForwardedCase{"TwoElements", kHash + ";URI=spiffe://a/alice," + kHash + ";URI=spiffe://a/b",
                      ""},
        ForwardedCase{"Quoted", kHash + ";URI=\"spiffe://a/alice\"", ""},
        ForwardedCase{"Subject", kHash + ";Subject=\"CN=x\";URI=spiffe://a/alice", ""},
        ForwardedCase{"OtherSpelling", kHash + ";uri=spiffe://a/alice", ""},
        ForwardedCase{"NoHash", "URI=spiffe://a/alice", ""},
        ForwardedCase{"ShortHash", "Hash=aa;URI=spiffe://a/alice", ""},
        ForwardedCase{"HashAlone", kHash, ""}, ForwardedCase{"Empty", "", ""},
        ForwardedCase{"EndsInSemicolon", kHash + ";URI=spiffe://a/alice;;", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
