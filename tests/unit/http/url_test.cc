#include "http/url.h"

#include <gtest/gtest.h>

#include <string>

namespace modelgates::gateway {
namespace {

struct UrlCase {
  std::string name;
  std::string text;
  std::string scheme{};  // empty: no such URL
  std::string host{};
  int port = 0;
  bool user_info = false;
  bool query = false;
  bool fragment = false;
};

class ParseUrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(ParseUrlTest, GivesThePartsOrRefuses) {
  const UrlCase& expected = GetParam();
  const std::optional<Url> url = ParseUrl(expected.text);
  ASSERT_EQ(url.has_value(), !expected.scheme.empty());
  if (!url) return;
  EXPECT_EQ(url->scheme, expected.scheme);
  EXPECT_EQ(url->host, expected.host);
  EXPECT_EQ(url->port, expected.port);
  EXPECT_EQ(url->has_user_info, expected.user_info);
  EXPECT_EQ(url->has_query, expected.query);
  EXPECT_EQ(url->has_fragment, expected.fragment);
}

constexpr bool kYes = true;

INSTANTIATE_TEST_SUITE_P(
    Accepted, ParseUrlTest,
    testing::Values(
        UrlCase{"Plain", "https://a.b/c", "https", "a.b", 443},
        UrlCase{"NoPath", "https://a.b", "https", "a.b", 443},
        UrlCase{"Port", "https://a.b:3000/c", "https", "a.b", 3000},
        UrlCase{"LastPort", "https://a.b:65535/", "https", "a.b", 65535},
        UrlCase{"EmptyPort", "https://a.b:/", "https", "a.b", 443},
        UrlCase{"PortWithZeros", "https://a.b:0443/", "https", "a.b", 443},
        UrlCase{"HttpPort", "http://a.b/", "http", "a.b", 80},
        UrlCase{"UpperCaseScheme", "HTTPS://a.b/", "https", "a.b", 443},
        UrlCase{"UpperCaseHost", "https://A.B/C", "https", "a.b", 443},
        UrlCase{"EncodedHost", "https://%6COCALHOST/", "https", "localhost", 443},
        UrlCase{"EncodedUpperCaseHost", "https://ex%41mple/", "https", "example", 443},
        UrlCase{"Ipv4", "http://127.0.0.1:8080/", "http", "127.0.0.1", 8080},
        UrlCase{"Ipv6", "http://[::1]:8080/", "http", "[::1]", 8080},
        UrlCase{"Ipv6Long", "http://[0:0:0:0:0:0:0:1]/", "http", "[::1]", 80},
        UrlCase{"Query", "https://a.b/?c=d", "https", "a.b", 443, false, kYes},
        UrlCase{"EmptyQuery", "https://a.b/?", "https", "a.b", 443, false, kYes},
        UrlCase{"Fragment", "https://a.b/#c", "https", "a.b", 443, false, false, kYes},
        UrlCase{"EmptyFragment", "https://a.b#", "https", "a.b", 443, false, false, kYes},
        UrlCase{"QueryInFragment", "https://a.b/#c?d", "https", "a.b", 443, false, false, kYes},
        UrlCase{"User", "https://u@a.b/", "https", "a.b", 443, kYes},
        UrlCase{"UserAndPassword", "https://u:p@a.b/", "https", "a.b", 443, kYes},
        UrlCase{"EmptyUser", "https://@a.b/", "https", "a.b", 443, kYes},
        UrlCase{"AtInPath", "https://a.b/@c", "https", "a.b", 443},
        UrlCase{"AtInQuery", "https://a.b?x=@c", "https", "a.b", 443, false, kYes},
        UrlCase{"CustomScheme", "myapp://callback/x", "myapp", "callback", 0},
        UrlCase{"CustomSchemeWithPort", "my.app+x-1://cb:1/", "my.app+x-1", "cb", 1}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Refused, ParseUrlTest,
    testing::Values(
        UrlCase{"Empty", ""}, UrlCase{"NoScheme", "a.b/c"}, UrlCase{"NoSchemeName", "://a.b/"},
        UrlCase{"SchemeWithDigitFirst", "1a://b/"}, UrlCase{"RelativeScheme", "//a.b/c"},
        UrlCase{"NoAuthority", "myapp:/callback"}, UrlCase{"OneSlash", "https:/a.b/"},
        UrlCase{"ThreeSlashes", "https:///a.b/"}, UrlCase{"UserBehindOneSlash", "https:/u@a.b://c"},
        UrlCase{"NoHost", "https://"}, UrlCase{"NoHostButPort", "https://:443/"},
        UrlCase{"File", "file:///etc/passwd"}, UrlCase{"Port0", "https://a.b:0/"},
        UrlCase{"Port65536", "https://a.b:65536/"}, UrlCase{"PortWithLetters", "https://a.b:4x/"},
        UrlCase{"PortWithSign", "https://a.b:+443/"}, UrlCase{"TwoPorts", "https://a.b:443:443/"},
        UrlCase{"TwoUsers", "https://u@v@a.b/"}, UrlCase{"BackslashInHost", "https://a.b\\@c.d/"},
        UrlCase{"BackslashInPath", "https://a.b/\\c"}, UrlCase{"SpaceInHost", "https://a b/"},
        UrlCase{"SpaceInPath", "https://a.b/c d"}, UrlCase{"LeadingSpace", " https://a.b/"},
        UrlCase{"LineEnd", "https://a.b/\r\nX: y"},
        UrlCase{"Nul", std::string("https://a.b/\0c", 14)}, UrlCase{"Delete", "https://a.b/\x7f"},
        UrlCase{"NonAscii", "https://\u00e4.b/"}, UrlCase{"EncodedSlashInHost", "https://%2f/"},
        UrlCase{"EncodedNulInHost", "https://a%00b/"}, UrlCase{"Ipv6Unclosed", "https://[::1"},
        UrlCase{"Ipv6Malformed", "https://[v1.x]/"}),
    [](const auto& row) { return row.param.name; });

TEST(CrossesNetworkInClear, SparesLoopbackOnly) {
  for (const char* url : {"http://localhost/", "http://127.0.0.1:1/", "http://127.255.0.1/",
                          "http://[::1]:8080/", "https://a.b/"}) {
    EXPECT_FALSE(CrossesNetworkInClear(url)) << url;
  }
  for (const char* url : {"http://a.b/", "http://localhost.a.b/", "http://126.0.0.1/",
                          "http://[::2]/", "http://0.0.0.0/", "http://127.0.0.1.a.b/"}) {
    EXPECT_TRUE(CrossesNetworkInClear(url)) << url;
  }
}

}  // namespace
}  // namespace modelgates::gateway
