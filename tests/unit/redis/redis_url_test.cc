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
        GoodCase{"Ipv6WithoutPort", "redis://[::1]", "redis://[::1]:6379/0", "", ""},
        GoodCase{"Sentinel", "redis+sentinel://one/m", "redis+sentinel://one:26379/m/0", "", ""},
        GoodCase{"Sentinels", "redis+sentinel://one:1,two,[::1]:3/my.Master_-1",
                 "redis+sentinel://one:1,two:26379,[::1]:3/my.Master_-1/0", "", ""},
        GoodCase{"SentinelsTls", "rediss+sentinel://me:pw@one,two/m/",
                 "rediss+sentinel://***@one:26379,two:26379/m/0", "me", "pw"},
        GoodCase{"SentinelsDatabase", "redis+sentinel://:p,w@one/m/7",
                 "redis+sentinel://***@one:26379/m/7", "", "p,w"}),
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
        BadCase{"SentinelWithoutMaster", "redis+sentinel://canary", "must have the master's name"},
        BadCase{"SentinelWithSlash", "redis+sentinel://canary/", "must have the master's name"},
        BadCase{"SentinelWithDatabaseAlone", "redis+sentinel://canary//1",
                "must have the master's name"},
        BadCase{"MasterWithOtherLetters", "redis+sentinel://one/can%20ary",
                "must have the master's name"},
        BadCase{"SentinelEmpty", "redis+sentinel://canary,,two/m", "must be a URL with a host"},
        BadCase{"SentinelLast", "redis+sentinel://canary,/m", "must be a URL with a host"},
        BadCase{"NoSentinel", "redis+sentinel:///canary", "must be a URL with a host"},
        BadCase{"SentinelPort", "redis+sentinel://canary,two:0/m", "must have a port"},
        BadCase{"SentinelDatabase", "redis+sentinel://one/m/canary",
                "must have a database from /0 to /9999"},
        BadCase{"SentinelThenMore", "redis+sentinel://one/m/1/2",
                "must have a database from /0 to /9999"},
        BadCase{"SentinelsTooMany", "redis+sentinel://1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17/m",
                "must have at most 16 hosts"},
        BadCase{"Cluster", "redis+cluster://canary", "must start with redis://"},
        BadCase{"Query", "redis://:canary@store?db=1", "must not have a query"},
        BadCase{"Fragment", "redis://:canary@store#", "must not have a query"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
