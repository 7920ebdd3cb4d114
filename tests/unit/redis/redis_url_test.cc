#include "redis/redis_url.h"

#include <gmock/gmock.h>

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

struct GoodCase {
  std::string name;
  std::string text;
  std::string shown;
  std::string user;
  std::string password;
};

class GoodRedisUrl : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodRedisUrl, IsTakenApart) {
  const absl::StatusOr<RedisUrl> url = ParseRedisUrl(GetParam().text);
  ASSERT_TRUE(url.ok()) << url.status().message();
  EXPECT_EQ(url->Shown(), GetParam().shown);
  EXPECT_EQ(url->user, GetParam().user);
  EXPECT_EQ(url->password.Reveal(), GetParam().password);
  EXPECT_EQ(url->tls, GetParam().text.starts_with("rediss"));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, GoodRedisUrl,
    testing::Values(
        GoodCase{"HostAlone", "redis://store", "redis://store:6379/0", "", ""},
        GoodCase{"Slash", "redis://store/", "redis://store:6379/0", "", ""},
        GoodCase{"Tls", "rediss://store.example", "rediss://store.example:6379/0", "", ""},
        GoodCase{"Port", "redis://store:7000", "redis://store:7000/0", "", ""},
        GoodCase{"OtherSchemesOwnPort", "redis://store:443", "redis://store:443/0", "", ""},
        GoodCase{"Database", "redis://store/3", "redis://store:6379/3", "", ""},
        GoodCase{"Everything", "rediss://me:pw@store:7000/12", "rediss://***@store:7000/12", "me",
                 "pw"},
        GoodCase{"PasswordAlone", "redis://:pw@store", "redis://***@store:6379/0", "", "pw"},
        GoodCase{"Encoded", "redis://m%40e:p%2fw%3A%25@store", "redis://***@store:6379/0", "m@e",
                 "p/w:%"},
        GoodCase{"ColonInPassword", "redis://me:p:w@store", "redis://***@store:6379/0", "me",
                 "p:w"},
        GoodCase{"AtInPassword", "redis://me:p@w@store", "redis://***@store:6379/0", "me", "p@w"},
        GoodCase{"Ipv4", "redis://127.0.0.1:1", "redis://127.0.0.1:1/0", "", ""},
        GoodCase{"Ipv6", "redis://:pw@[::1]:7000/1", "redis://***@[::1]:7000/1", "", "pw"},
        GoodCase{"Ipv6WithoutPort", "redis://[::1]", "redis://[::1]:6379/0", "", ""}),
    [](const auto& row) { return row.param.name; });

struct BadCase {
  std::string name;
  std::string text;
  std::string rule;
};

class BadRedisUrl : public testing::TestWithParam<BadCase> {};

TEST_P(BadRedisUrl, BreaksARuleThatShowsNothingOfIt) {
  const absl::StatusOr<RedisUrl> url = ParseRedisUrl(GetParam().text);
  ASSERT_FALSE(url.ok()) << url->Shown();
  const std::string rule(url.status().message());
  EXPECT_THAT(rule, HasSubstr(GetParam().rule));
  EXPECT_THAT(rule, Not(HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, BadRedisUrl,
    testing::Values(
        BadCase{"Empty", "", "must start with redis:// or rediss://"},
        BadCase{"NoScheme", "canary:6379", "must start with redis:// or rediss://"},
        BadCase{"OtherScheme", "http://canary", "must start with redis:// or rediss://"},
        BadCase{"UnixSocket", "unix:///canary", "must start with redis:// or rediss://"},
        BadCase{"Space", "redis://:canary canary@store", "must hold visible ASCII"},
        BadCase{"LineEnd", "redis://canary\r\nPING", "must hold visible ASCII"},
        BadCase{"NoHost", "redis://", "must be a URL with a host"},
        BadCase{"NoHostButDatabase", "redis:///1", "must be a URL with a host"},
        BadCase{"NoHostButLogin", "redis://:canary@", "must be a URL with a host"},
        BadCase{"NoHostButPort", "redis://:canary@:6379", "must be a URL with a host"},
        BadCase{"UserAlone", "redis://canary@store", "must have a password before its @"},
        BadCase{"EmptyPassword", "redis://canary:@store", "must have a password before its @"},
        BadCase{"EmptyLogin", "redis://@store", "must have a password before its @"},
        BadCase{"BadEscape", "redis://:canary%4@store", "must have two hexadecimal digits"},
        BadCase{"BadEscapeInUser", "redis://%zz:canary@store", "must have two hexadecimal digits"},
        BadCase{"SlashInPassword", "redis://:can/ary@store", "must "},
        BadCase{"Port0", "redis://store:0", "must have a port"},
        BadCase{"PortTooLarge", "redis://store:65536", "must have a port"},
        BadCase{"PortOfLetters", "redis://store:canary", "must have a port"},
        BadCase{"DatabaseOfLetters", "redis://store/canary",
                "must have a database from /0 to /9999"},
        BadCase{"DatabaseNegative", "redis://store/-1", "must have a database from /0 to /9999"},
        BadCase{"DatabaseTooLarge", "redis://store/10000", "must have a database from /0 to /9999"},
        BadCase{"DatabaseThenMore", "redis://store/1/2", "must have a database from /0 to /9999"},
        BadCase{"Query", "redis://:canary@store?db=1", "must not have a query"},
        BadCase{"Fragment", "redis://:canary@store#", "must not have a query"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
