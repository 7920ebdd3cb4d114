#include "modelgates/oauth/authorization_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "form_encoding.h"

namespace modelgates::oauth {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr char kChallenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

AuthorizationPage Page() {
  AuthorizationPage page;
  page.callback_url = "https://app.example/cb";
  return page;
}

std::vector<std::string> Fields(const Result<std::string>& result) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : result.error().field_violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(AuthorizationUrl, HasTheOrderAndTheEncodingOfTheSdks) {
  AuthorizationPage page = Page();
  page.callback_url = "http://127.0.0.1:5/cb?state=a b&x=ä~*";
  page.code_challenge = kChallenge;
  page.limit = 100;
  EXPECT_EQ(*AuthorizationUrl(page),
            "https://modelgates.ai/auth?callback_url=http%3A%2F%2F127.0.0.1%3A5%2Fcb%3Fstate%3D"
            "a+b%26x%3D%C3%A4%7E*&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            "&code_challenge_method=S256&limit=100");
}

TEST(AuthorizationUrl, LeavesOutWhatIsNotSet) {
  EXPECT_EQ(*AuthorizationUrl(Page()),
            "https://modelgates.ai/auth?callback_url=https%3A%2F%2Fapp.example%2Fcb");
}

TEST(AuthorizationUrl, NamesThePlainMethod) {
  AuthorizationPage page = Page();
  page.code_challenge = kChallenge;
  page.code_challenge_method = CodeChallengeMethod::kPlain;
  EXPECT_TRUE(AuthorizationUrl(page)->ends_with("&code_challenge_method=plain"));
}

struct Site {
  const char* site;
  const char* origin;  // empty: refused
};

class Sites : public testing::TestWithParam<Site> {};

TEST_P(Sites, CountWithSchemeHostAndPortOnly) {
  AuthorizationPage page = Page();
  page.site = GetParam().site;
  const Result<std::string> url = AuthorizationUrl(page);
  if (*GetParam().origin == '\0') {
    ASSERT_FALSE(url.ok());
    EXPECT_EQ(url.error().reason, ErrorReason::kFieldInvalid);
    EXPECT_THAT(Fields(url), ElementsAre("site"));
  } else {
    ASSERT_TRUE(url.ok());
    EXPECT_TRUE(url->starts_with(std::string(GetParam().origin) + "/auth?callback_url=")) << *url;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Sites,
    testing::Values(Site{"https://modelgates.ai/api/v1", "https://modelgates.ai"},
                    Site{"https://modelgates.ai/", "https://modelgates.ai"},
                    Site{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
                    Site{"http://[::1]:8080?x#y", "http://[::1]:8080"},
                    Site{"https://a.example/@b", "https://a.example"}, Site{"", ""},
                    Site{"modelgates.ai", ""}, Site{"https://", ""}, Site{"ftp://a.example", ""},
                    Site{"https://a.example@b.example/", ""}, Site{"https://a\\b.example", ""},
                    Site{"https://a .example", ""}, Site{"javascript://x", ""}));

TEST(AuthorizationUrl, NamesAllThatIsWrong) {
  AuthorizationPage page;
  page.site = "nowhere";
  page.limit = NAN;
  const Result<std::string> url = AuthorizationUrl(page);
  ASSERT_FALSE(url.ok());
  EXPECT_THAT(Fields(url), ElementsAre("site", "callback_url", "limit"));
  EXPECT_EQ(url.error().grpc_code, GrpcCode::kInvalidArgument);
}

TEST(AuthorizationUrl, WritesLimitsInPlainDigits) {
  AuthorizationPage page = Page();
  const auto limit = [&](double value) {
    page.limit = value;
    const std::string url = *AuthorizationUrl(page);
    return url.substr(url.rfind('=') + 1);
  };
  EXPECT_EQ(limit(0), "0");
  EXPECT_EQ(limit(0.1), "0.1");
  EXPECT_EQ(limit(-5), "-5");
  EXPECT_EQ(limit(100000), "100000");
  EXPECT_EQ(limit(1e15), "1000000000000000");
  EXPECT_EQ(limit(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(limit(1.7976931348623157e308).size(), 309u);
}

TEST(FormEncoding, ReadsWhatItWrites) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const auto pairs = DecodeForm("name=" + EncodeFormValue(all));
  ASSERT_TRUE(pairs);
  EXPECT_THAT(*pairs, ElementsAre(Pair("name", all)));
}

TEST(FormEncoding, ReadsPairsAsTheyStand) {
  EXPECT_THAT(*DecodeForm("a=1&b=&&c&a=2=3&d%3d=%2B+"),
              ElementsAre(Pair("a", "1"), Pair("b", ""), Pair("c", ""), Pair("a", "2=3"),
                          Pair("d=", "+ ")));
  EXPECT_TRUE(DecodeForm("")->empty());
}

TEST(FormEncoding, RefusesBrokenEscapes) {
  for (const char* text : {"a=%", "a=%4", "a=%4g", "%zz=a", "a=1&b=%x0"}) {
    EXPECT_FALSE(DecodeForm(text)) << text;
  }
}

}  // namespace
}  // namespace modelgates::oauth
