#include "sandbox/callback_origin.h"

#include <gtest/gtest.h>

namespace modelgates::sandbox {
namespace {

struct OriginCase {
  const char* name;
  const char* url;
  std::optional<std::string> origin;
};

class CallbackOriginTest : public testing::TestWithParam<OriginCase> {};

TEST_P(CallbackOriginTest, IsGivenForAllowedUrlsOnly) {
  EXPECT_EQ(AllowedCallbackOrigin(GetParam().url), GetParam().origin);
}

INSTANTIATE_TEST_SUITE_P(
    Allowed, CallbackOriginTest,
    testing::Values(
        OriginCase{"Https", "https://app.example/cb?x=1", "https://app.example"},
        OriginCase{"Https443", "https://app.example:443", "https://app.example"},
        OriginCase{"Https3000", "https://app.example:3000/", "https://app.example:3000"},
        OriginCase{"UpperCase", "HTTPS://App.Example/CB", "https://app.example"},
        OriginCase{"EmptyPort", "https://app.example:/", "https://app.example"},
        OriginCase{"QueryWithoutPath", "https://app.example?a@b:9", "https://app.example"},
        OriginCase{"Ipv6", "https://[2001:db8::1]:3000/", "https://[2001:db8::1]:3000"},
        OriginCase{"HttpLocalhost", "http://localhost:8123/cb", "http://localhost:8123"},
        OriginCase{"HttpLocalhostNoPort", "http://localhost/cb", "http://localhost"},
        OriginCase{"HttpsLoopbackAnyPort", "https://127.0.0.1:9/", "https://127.0.0.1:9"},
        OriginCase{"HttpLoopback6", "http://[::1]:5/", "http://[::1]:5"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Refused, CallbackOriginTest,
    testing::Values(OriginCase{"HttpElsewhere", "http://app.example/", {}},
                    OriginCase{"OtherPort", "https://app.example:8443/", {}},
                    OriginCase{"PortZero", "http://localhost:0/", {}},
                    OriginCase{"PortTooLarge", "http://localhost:65536/", {}},
                    OriginCase{"PortNotANumber", "http://localhost:80a/", {}},
                    OriginCase{"UserInformation", "https://localhost@app.example/", {}},
                    OriginCase{"LooksLikeLoopback", "http://127.0.0.1.app.example/", {}},
                    OriginCase{"Backslash", "https://localhost\\@app.example/", {}},
                    OriginCase{"Space", "https://app.example/a b", {}},
                    OriginCase{"NoHost", "https:///cb", {}},
                    OriginCase{"Semicolon", "https://app.example;sandbox/", {}},
                    OriginCase{"Wildcard", "https://*/", {}},
                    OriginCase{"Comma", "https://a.example,b.example/", {}},
                    OriginCase{"OtherLetters", "https://b\xc3\xbc.example/", {}},
                    OriginCase{"BadIpv6", "https://[::zz]/", {}},
                    OriginCase{"OpenBracket", "https://[::1/", {}},
                    OriginCase{"AfterBracket", "https://[::1]x/", {}},
                    OriginCase{"OtherScheme", "ftp://localhost/", {}},
                    OriginCase{"Relative", "/cb", {}}, OriginCase{"Empty", "", {}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::sandbox
