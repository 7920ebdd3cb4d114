#include "redirect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loopback_page.h"

namespace modelgates::oauth {
namespace {

constexpr char kPath[] = "/callback";
constexpr char kState[] = "state-1";

std::optional<Redirect> Parse(const std::string& target) {
  return ParseRedirect(target, kPath, kState);
}

TEST(Redirect, BringsTheCode) {
  for (const char* target : {"/callback?state=state-1&code=c-1", "/callback?code=c-1&state=state-1",
                             "/callback?x=&state=state%2D1&y=1&code=c%2d1"}) {
    const auto redirect = Parse(target);
    ASSERT_TRUE(redirect) << target;
    EXPECT_EQ(std::get<SecretText>(*redirect).Reveal(), "c-1");
  }
}

TEST(Redirect, BringsADenial) {
  const auto redirect =
      Parse("/callback?state=state-1&error=access_denied&error_description=The+user%0A%1b[31mno");
  ASSERT_TRUE(redirect);
  EXPECT_EQ(std::get<Denial>(*redirect).error, "access_denied");
  EXPECT_EQ(std::get<Denial>(*redirect).description, "The user  [31mno");
  const auto bare = Parse("/callback?state=state-1&error=access_denied");
  ASSERT_TRUE(bare);
  EXPECT_EQ(std::get<Denial>(*bare).description, "");
}

class NoRedirect : public testing::TestWithParam<std::string> {};

TEST_P(NoRedirect, IsIgnored) { EXPECT_FALSE(Parse(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    All, NoRedirect,
    testing::Values("", "/", "/favicon.ico", "/callback", "/callback?", "/callback?code=c",
                    "/callback/?state=state-1&code=c", "/Callback?state=state-1&code=c",
                    "http://127.0.0.1/callback?state=state-1&code=c",
                    "/callback?state=state-2&code=c", "/callback?state=&code=c",
                    "/callback?state=state-1x&code=c",
                    "/callback?state=state-1&state=state-1&code=c", "/callback?state=state-1",
                    "/callback?state=state-1&code=", "/callback?state=state-1&code=a&code=b",
                    "/callback?state=state-1&code=c&error=e",
                    "/callback?state=state-1&error=", "/callback?state=state-1&error=a&error=b",
                    "/callback?state=state-1&code=a%20b", "/callback?state=state-1&code=%zz",
                    "/callback?state=state-1&code=%00", "/callback?state=state-1&code=%C3%A4",
                    "/callback?state=state-1&code=" + std::string(2'049, 'c'),
                    "/callback?state=state-1&error=" + std::string(65, 'e')));

TEST(Redirect, IsToldFromThatOfAnotherLogin) {
  for (const char* target :
       {"/callback?state=state-2&code=c", "/callback?state=state-2&error=access_denied"}) {
    EXPECT_TRUE(IsRedirectOfAnother(target, kPath, kState)) << target;
  }
  for (const char* target : {"/callback", "/callback?code=c", "/callback?state=state-1&code=c",
                             "/callback?state=state-2", "/other?state=state-2&code=c"}) {
    EXPECT_FALSE(IsRedirectOfAnother(target, kPath, kState)) << target;
  }
}

TEST(Redirect, TakesCodesAsLongAsTheApiDoes) {
  EXPECT_TRUE(Parse("/callback?state=state-1&code=" + std::string(2'048, 'c')));
}

TEST(LoginEndPage, ShowsTheAppsNameAsText) {
  for (const LoginEnd end :
       {LoginEnd::kSignedIn, LoginEnd::kDenied, LoginEnd::kFailed, LoginEnd::kReturned}) {
    const Page page = LoginEndPage(end, "<b>\"A\" & 'B'</b>");
    EXPECT_THAT(page.html,
                testing::HasSubstr("&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;"));
    EXPECT_THAT(page.html, testing::Not(testing::HasSubstr("<b>")));
  }
}

TEST(LoginEndPage, AllowsItsOwnStyleAndNothingElse) {
  const Page page = LoginEndPage(LoginEnd::kSignedIn, "");
  EXPECT_THAT(page.policy, testing::StartsWith("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(page.policy, testing::Not(testing::HasSubstr("unsafe")));
  for (const char* outside : {"<script", "http", "src=", "href=", "<form", " style=", "@import"}) {
    EXPECT_THAT(page.html, testing::Not(testing::HasSubstr(outside)));
  }
}

}  // namespace
}  // namespace modelgates::oauth
