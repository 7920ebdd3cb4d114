#include "http/base_url.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

struct GoodCase {
  const char* name;
  const char* url;
  bool tls;
  const char* origin;
  const char* authority;
  const char* path;
};

class GoodBaseUrl : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodBaseUrl, IsTakenApart) {
  const auto url = ParseBaseUrl(GetParam().url);
  ASSERT_TRUE(url.ok()) << url.status().message();
  EXPECT_EQ(url->tls, GetParam().tls);
  EXPECT_EQ(url->origin, GetParam().origin);
  EXPECT_EQ(url->authority, GetParam().authority);
  EXPECT_EQ(url->path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    , GoodBaseUrl,
    testing::Values(
        GoodCase{"Usual", "https://modelgates.ai/api/v1", true, "https://modelgates.ai:443",
                 "modelgates.ai", "/api/v1"},
        GoodCase{"OneSlashAtTheEnd", "https://modelgates.ai/api/v1/", true,
                 "https://modelgates.ai:443", "modelgates.ai", "/api/v1"},
        GoodCase{"TwoSlashesAtTheEnd", "https://h/v1//", true, "https://h:443", "h", "/v1/"},
        GoodCase{"NoPath", "http://h", false, "http://h:80", "h", ""},
        GoodCase{"RootPath", "http://h/", false, "http://h:80", "h", ""},
        GoodCase{"Port", "http://127.0.0.1:8080/x", false, "http://127.0.0.1:8080",
                 "127.0.0.1:8080", "/x"},
        GoodCase{"OwnPort", "https://h:443/x", true, "https://h:443", "h", "/x"},
        GoodCase{"OtherSchemesPort", "https://h:80", true, "https://h:80", "h:80", ""},
        GoodCase{"Ipv6", "http://[::1]:81/x", false, "http://[::1]:81", "[::1]:81", "/x"},
        GoodCase{"SchemeInCapitals", "HTTPS://h/x", true, "https://h:443", "h", "/x"}),
    [](const auto& row) { return row.param.name; });

struct BadCase {
  const char* name;
  const char* url;
  const char* rule;
};

class BadBaseUrl : public testing::TestWithParam<BadCase> {};

TEST_P(BadBaseUrl, IsRefusedWithItsRule) {
  const auto url = ParseBaseUrl(GetParam().url);
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(url.status().message(), GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
    , BadBaseUrl,
    testing::Values(
        BadCase{"Empty", "", "must start with http:// or https://"},
        BadCase{"NoScheme", "modelgates.ai/api", "must start with http:// or https://"},
        BadCase{"OtherScheme", "ftp://h/x", "must start with http:// or https://"},
        BadCase{"UnknownScheme", "gopherus://h/x", "must start with http:// or https://"},
        BadCase{"NoHost", "https:///x", "is not a URL with a host"},
        BadCase{"Query", "https://h/x?y=1", "must not have a query"},
        BadCase{"EmptyQuery", "https://h/x?", "must not have a query"},
        BadCase{"Fragment", "https://h/x#y", "must not have a fragment"},
        BadCase{"User", "https://me@h/x", "must not have a user or a password"},
        BadCase{"Password", "https://me:pw@h/x", "must not have a user or a password"},
        BadCase{"PortTooLarge", "https://h:65536/x", "has a bad port number"},
        BadCase{"PortZero", "https://h:0/x", "has a bad port number"},
        BadCase{"PortOfLetters", "https://h:http/x", "has a bad port number"},
        BadCase{"Space", "https://h/a b", "must hold visible ASCII characters only"},
        BadCase{"LineBreak", "https://h/a\r\nX: y", "must hold visible ASCII characters only"},
        BadCase{"Utf8", "https://h/\xc3\xa9", "must hold visible ASCII characters only"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
