#include "request/callback_policy.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

enum class Says { kAllowed, kNotAllowed, kMalformed };

// What each policy says of a URL.
struct CallbackCase {
  std::string name;
  std::string url;
  Says documented;
  Says loopback;
  Says any;
};

Says Ask(const std::string& url, CallbackPolicy policy) {
  const auto problem = CheckCallbackUrl(url, policy);
  if (!problem) return Says::kAllowed;
  EXPECT_TRUE(problem->rule.starts_with("must ")) << problem->rule;
  EXPECT_EQ(problem->field, "callback_url");
  const bool not_allowed = problem->reason == oauth::v1::CALLBACK_URL_NOT_ALLOWED;
  return not_allowed ? Says::kNotAllowed : Says::kMalformed;
}

class CallbackPolicyTest : public testing::TestWithParam<CallbackCase> {};

TEST_P(CallbackPolicyTest, Decides) {
  const CallbackCase& row = GetParam();
  EXPECT_EQ(Ask(row.url, CallbackPolicy::kDocumented), row.documented);
  EXPECT_EQ(Ask(row.url, CallbackPolicy::kLoopback), row.loopback);
  EXPECT_EQ(Ask(row.url, CallbackPolicy::kAny), row.any);
}

constexpr Says kYes = Says::kAllowed;
constexpr Says kNo = Says::kNotAllowed;
constexpr Says kBad = Says::kMalformed;

INSTANTIATE_TEST_SUITE_P(
    WellFormed, CallbackPolicyTest,
    testing::Values(
        CallbackCase{"Https", "https://a.b/c", kYes, kYes, kYes},
        CallbackCase{"Https443", "https://a.b:443/c", kYes, kYes, kYes},
        CallbackCase{"Https3000", "https://a.b:3000/c?x=y", kYes, kYes, kYes},
        CallbackCase{"HttpsUpperCase", "HTTPS://A.B/c", kYes, kYes, kYes},
        CallbackCase{"HttpsLocalhost3000", "https://localhost:3000", kYes, kYes, kYes},
        CallbackCase{"HttpsOtherPort", "https://a.b:8443/c", kNo, kNo, kYes},
        CallbackCase{"HttpsLocalhostOtherPort", "https://localhost:8443/c", kNo, kNo, kYes},
        CallbackCase{"Http", "http://a.b/c", kNo, kNo, kYes},
        CallbackCase{"Http443", "http://a.b:443/c", kNo, kNo, kYes},
        CallbackCase{"HttpLocalhost", "http://localhost/c", kNo, kYes, kYes},
        CallbackCase{"HttpLocalhostAnyPort", "http://localhost:65535/c", kNo, kYes, kYes},
        CallbackCase{"HttpLocalhostUpperCase", "http://LocalHost:80/c", kNo, kYes, kYes},
        CallbackCase{"HttpIpv4Loopback", "http://127.0.0.1:1/c", kNo, kYes, kYes},
        CallbackCase{"HttpOtherLoopback", "http://127.0.0.2/c", kNo, kNo, kYes},
        CallbackCase{"HttpIpv6Loopback", "http://[::1]:8080/c", kNo, kYes, kYes},
        CallbackCase{"HttpMappedLoopback", "http://[::ffff:127.0.0.1]/c", kNo, kNo, kYes},
        CallbackCase{"LocalhostAsSubdomain", "http://localhost.evil.example/", kNo, kNo, kYes},
        CallbackCase{"LocalhostWithDot", "http://localhost./", kNo, kNo, kYes},
        CallbackCase{"CustomScheme", "myapp://callback", kNo, kNo, kYes},
        CallbackCase{"CustomSchemePort443", "myapp://callback:443", kNo, kNo, kYes}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Malformed, CallbackPolicyTest,
    testing::Values(CallbackCase{"Word", "callback", kBad, kBad, kBad},
                    CallbackCase{"NoAuthority", "com.example.app:/cb", kBad, kBad, kBad},
                    CallbackCase{"NoHost", "https:///c", kBad, kBad, kBad},
                    CallbackCase{"Port0", "https://a.b:0/c", kBad, kBad, kBad},
                    CallbackCase{"Port65536", "https://a.b:65536/c", kBad, kBad, kBad},
                    CallbackCase{"Fragment", "https://a.b/c#d", kBad, kBad, kBad},
                    CallbackCase{"EmptyFragment", "https://a.b/c#", kBad, kBad, kBad},
                    CallbackCase{"User", "https://u@a.b/c", kBad, kBad, kBad},
                    CallbackCase{"EmptyUser", "https://@a.b/c", kBad, kBad, kBad},
                    CallbackCase{"UserHidden", "https:/u@a.b://c", kBad, kBad, kBad},
                    CallbackCase{"Backslash", "https://a.b\\.c.d/", kBad, kBad, kBad},
                    CallbackCase{"Space", "https://a.b/c d", kBad, kBad, kBad},
                    CallbackCase{"NonAscii", "https://a.b/\u00e4", kBad, kBad, kBad},
                    CallbackCase{"TooLong", "https://a.b/" + std::string(2037, 'c'), kBad, kBad,
                                 kBad}),
    [](const auto& row) { return row.param.name; });

// Who is refused must learn that the gateway refuses, and by which setting: the API may allow it.
TEST(CallbackPolicy, NamesItselfAndItsSettingWhereItRefuses) {
  const auto documented = CheckCallbackUrl("http://localhost:3000", CallbackPolicy::kDocumented);
  ASSERT_TRUE(documented);
  EXPECT_EQ(documented->rule,
            "must be https on port 443 or 3000: the gateway's --callback_policy is documented; "
            "loopback also allows http on localhost, 127.0.0.1 and [::1]");
  const auto loopback = CheckCallbackUrl("http://a.b", CallbackPolicy::kLoopback);
  ASSERT_TRUE(loopback);
  EXPECT_EQ(loopback->rule,
            "must be https on port 443 or 3000, or http on localhost, 127.0.0.1 or [::1]: the "
            "gateway's --callback_policy is loopback; any allows every URL");
}

TEST(CallbackPolicy, TakesTheLongestUrl) {
  const std::string url = "https://a.b/" + std::string(2036, 'c');
  ASSERT_EQ(url.size(), 2048u);
  EXPECT_EQ(Ask(url, CallbackPolicy::kDocumented), Says::kAllowed);
}

}  // namespace
}  // namespace modelgates::gateway
