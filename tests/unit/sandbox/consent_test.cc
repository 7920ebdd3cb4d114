#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "sandbox/form_fields.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
// Of http://127.0.0.1:5/cb?state=s.
constexpr const char* kCallback = "callback_url=http%3A%2F%2F127.0.0.1%3A5%2Fcb%3Fstate%3Ds";

// The test is the browser: what a page says it reads, what a form sends it sends.
class Consent : public testing::Test {
 protected:
  struct Page {
    std::string html;
    std::string token;
    std::string cookie;
  };

  Consent() : sandbox_(Options()) {}
  void SetUp() override { ASSERT_TRUE(sandbox_.Start().ok()); }

  SandboxOptions Options() {
    SandboxOptions options;
    options.clock = [this] { return now_.load(); };
    return options;
  }

  HttpResponse Get(const std::string& target) {
    return *SandboxClient(sandbox_.port()).Get(target).response;
  }

  Page Open(const std::string& more = "") {
    const HttpResponse response =
        Get(std::string("/auth?") + kCallback + "&code_challenge=" + S256Challenge(kVerifier) +
            "&code_challenge_method=S256" + more);
    EXPECT_EQ(response.result_int(), 200u) << response.body();
    Page page{response.body(), "", std::string(response[http::field::set_cookie])};
    page.cookie = page.cookie.substr(0, page.cookie.find(';'));
    std::smatch token;
    const std::regex field("name=\"token\" value=\"([^\"]*)\"");
    EXPECT_TRUE(std::regex_search(page.html, token, field));
    page.token = token[1];
    return page;
  }

  HttpResponse Answer(const std::string& body, const std::string& cookie) {
    SandboxClient client(sandbox_.port());
    return *client
                .Call({.target = "/auth",
                       .body = body,
                       .headers = {{"content-type", "application/x-www-form-urlencoded"},
                                   {"cookie", cookie}}})
                .response;
  }
  HttpResponse Answer(const Page& page, const std::string& decision) {
    return Answer("token=" + page.token + "&decision=" + decision, page.cookie);
  }

  static std::string LocationOf(const HttpResponse& response) {
    return std::string(response[http::field::location]);
  }

  // Changed only between two requests.
  std::atomic<std::chrono::system_clock::time_point> now_{std::chrono::system_clock::now()};
  Sandbox sandbox_;
};

TEST_F(Consent, GoesBackWithACodeThatTheVerifierSpends) {
  const HttpResponse back = Answer(Open(), "approve");
  EXPECT_EQ(back.result_int(), 303u);
  const std::string location = LocationOf(back);
  const std::string expected = "http://127.0.0.1:5/cb?state=s&code=";
  ASSERT_THAT(location, StartsWith(expected));
  const auto exchanged = SandboxClient(sandbox_.port())
                             .Post("/api/v1/auth/keys", {{"code", location.substr(expected.size())},
                                                         {"code_verifier", kVerifier},
                                                         {"code_challenge_method", "S256"}});
  EXPECT_EQ(exchanged.response->result_int(), 200u) << exchanged.response->body();
  EXPECT_THAT(exchanged.json()["key"].get<std::string>(), StartsWith("sk-"));
}

TEST_F(Consent, GoesBackWithAnErrorWhenDenied) {
  const HttpResponse back = Answer(Open(), "deny");
  EXPECT_EQ(back.result_int(), 303u);
  EXPECT_EQ(LocationOf(back), "http://127.0.0.1:5/cb?state=s&error=access_denied");
  EXPECT_EQ(sandbox_.Counts().codes_created, 0u);
}

TEST_F(Consent, BeginsAQueryWhereTheCallbackHasNone) {
  const HttpResponse shown = Get("/auth?callback_url=https%3A%2F%2Fapp.example%2Fcb");
  std::smatch token;
  const std::string html = shown.body();
  ASSERT_TRUE(std::regex_search(html, token, std::regex("name=\"token\" value=\"([^\"]*)\"")));
  const std::string cookie(shown[http::field::set_cookie]);
  EXPECT_THAT(LocationOf(Answer("decision=approve&token=" + token[1].str(),
                                cookie.substr(0, cookie.find(';')))),
              StartsWith("https://app.example/cb?code="));
}

// ---- The page

TEST_F(Consent, SaysWhoAsksForWhat) {
  const std::string program = Open().html;
  EXPECT_THAT(program, HasSubstr("Allow a program on this computer to use your account?"));
  EXPECT_THAT(program, HasSubstr("<strong>http://127.0.0.1:5</strong> <span>Nobody can prove"));
  const std::string site = Get("/auth?callback_url=https://127.0.0.1.example/").body();
  EXPECT_THAT(site, HasSubstr("Allow 127.0.0.1.example to use your account?"));
  EXPECT_THAT(site, HasSubstr("<strong>https://127.0.0.1.example</strong> <span>The answer goes"));
  const std::string host(60, 'a');
  const std::string long_name = Get("/auth?callback_url=https://" + host + ".example/").body();
  EXPECT_THAT(long_name, HasSubstr("Allow the site at the address below to use your account?"));
  EXPECT_THAT(long_name, HasSubstr("<strong>https://" + host + ".example</strong>"));
  EXPECT_THAT(Open().html, HasSubstr("asks for an API key"));
  EXPECT_THAT(Open().html, HasSubstr("without a limit"));
  EXPECT_THAT(Open("&limit=5.5").html, HasSubstr("spend up to 5.5 US dollars"));
  EXPECT_THAT(Open("&limit=1e3").html, HasSubstr("spend up to 1000 US dollars"));
}

TEST_F(Consent, LoadsNothingRunsNothingAndIsNotFramed) {
  const HttpResponse page = Get(std::string("/auth?") + kCallback);
  const std::string policy(page["Content-Security-Policy"]);
  EXPECT_THAT(policy, StartsWith("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(policy, HasSubstr("form-action 'self' http://127.0.0.1:5;"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, HasSubstr("base-uri 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(page["X-Frame-Options"], "DENY");
  EXPECT_EQ(page["Referrer-Policy"], "no-referrer");
  EXPECT_EQ(page[http::field::cache_control], "no-store");
  for (const char* outside : {"<script", "src=", "href=", " style=", "@import", "url("}) {
    EXPECT_THAT(page.body(), Not(HasSubstr(outside)));
  }
}

// A policy cannot name an IPv6 address; the browser would keep the user here.
TEST_F(Consent, LetsTheFormGoBackToAnIpv6Address) {
  const HttpResponse page = Get("/auth?callback_url=http://[::1]:5/cb");
  EXPECT_THAT(std::string(page["Content-Security-Policy"]),
              HasSubstr("form-action 'self' http:; "));
}

// Buttons and nothing else. None is focused at first: an Enter that was meant for something else
// would be an answer, and a screen reader would begin behind the question.
TEST_F(Consent, IsUsedWithTheKeyboardAlone) {
  const std::string html = Open().html;
  EXPECT_THAT(html, HasSubstr("value=\"approve\">Approve</button>"));
  EXPECT_THAT(html, Not(HasSubstr("autofocus")));
  EXPECT_THAT(html, HasSubstr("value=\"deny\">Deny</button>"));
  EXPECT_THAT(html, Not(HasSubstr("tabindex")));
  EXPECT_THAT(html, HasSubstr("lang=\"en\""));
  EXPECT_THAT(html, HasSubstr("button:focus-visible"));
}

class WrongLink : public Consent, public testing::WithParamInterface<const char*> {};

TEST_P(WrongLink, IsRefusedAndGoesNowhere) {
  const HttpResponse response = Get(std::string("/auth?") + GetParam());
  EXPECT_EQ(response.result_int(), 400u);
  EXPECT_EQ(LocationOf(response), "");
  EXPECT_THAT(response.body(), HasSubstr("This link does not work"));
  EXPECT_THAT(response.body(), Not(HasSubstr("<form")));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongLink,
    testing::Values(
        "", "callback_url=", "callback_url=nowhere", "callback_url=http://evil.example/",
        "callback_url=https://a.example/&callback_url=https://b.example/",
        "callback_url=https://a.example:8443/", "callback_url=javascript:alert(1)",
        "callback_url=https://u@a.example/", "callback_url=https://a.example/%23x",
        "callback_url=https://a.example/%0d%0aSet-Cookie:x", "callback_url=%zz",
        "callback_url=https://a.example/&code_challenge=short",
        "callback_url=https://a.example/&code_challenge_method=S256",
        "callback_url=https://a.example;sandbox/", "callback_url=https://a.example/&limit=much",
        "callback_url=https://a.example/&limit=inf", "callback_url=https://a.example/&limit=nan",
        "callback_url=https://a.example/&limit=-1"));

TEST_F(Consent, ShowsWhatItRefusesAsText) {
  const HttpResponse response = Get("/auth?callback_url=https://%3Cb%3E.example/");
  EXPECT_THAT(response.body(), Not(HasSubstr("<b>")));
}

// ---- Answers that are not the user's

TEST_F(Consent, TakesOneAnswerAPage) {
  const Page approved = Open();
  EXPECT_EQ(Answer(approved, "approve").result_int(), 303u);
  EXPECT_EQ(Answer(approved, "deny").result_int(), 403u);
  const Page denied = Open();
  EXPECT_EQ(Answer(denied, "deny").result_int(), 303u);
  EXPECT_EQ(Answer(denied, "approve").result_int(), 403u);
  EXPECT_EQ(sandbox_.Counts().codes_created, 1u);
}

// A double click: browsers drop the first answer and follow the second.
TEST_F(Consent, LeadsToTheSamePlaceWhenAnsweredTheSameAgain) {
  const Page approved = Open();
  const std::string location = LocationOf(Answer(approved, "approve"));
  EXPECT_THAT(location, HasSubstr("&code="));
  EXPECT_EQ(LocationOf(Answer(approved, "approve")), location);
  EXPECT_EQ(sandbox_.Counts().codes_created, 1u);
  const Page denied = Open();
  EXPECT_EQ(LocationOf(Answer(denied, "deny")), LocationOf(Answer(denied, "deny")));
}

// Another site can send a form, with a token of a page that it opened itself, but no cookie.
TEST_F(Consent, TakesNoAnswerWithoutTheCookieOfItsPage) {
  const Page page = Open();
  const Page other = Open();
  const std::string body = "token=" + page.token + "&decision=approve";
  const std::string name = page.cookie.substr(0, page.cookie.find('=') + 1);
  const std::string value = other.cookie.substr(other.cookie.find('=') + 1);
  for (const std::string& cookie : {std::string(), name, name + value, other.cookie}) {
    const HttpResponse refused = Answer(body, cookie);
    EXPECT_EQ(refused.result_int(), 403u);
    EXPECT_EQ(LocationOf(refused), "");
  }
  EXPECT_EQ(sandbox_.Counts().codes_created, 0u);
  EXPECT_EQ(Answer(body, "a=b; " + page.cookie).result_int(), 303u);
}

// Two tabs of one browser, which sends the cookies of both.
TEST_F(Consent, TakesTheAnswersOfTwoPagesThatAreOpenAtOnce) {
  const Page first = Open();
  const Page second = Open();
  const std::string cookies = first.cookie + "; " + second.cookie;
  EXPECT_NE(first.cookie.substr(0, first.cookie.find('=')),
            second.cookie.substr(0, second.cookie.find('=')));
  EXPECT_EQ(Answer("token=" + first.token + "&decision=approve", cookies).result_int(), 303u);
  EXPECT_EQ(Answer("token=" + second.token + "&decision=approve", cookies).result_int(), 303u);
}

TEST_F(Consent, SendsItsCookieToItselfAlone) {
  const HttpResponse page = Get(std::string("/auth?") + kCallback);
  EXPECT_THAT(std::string(page[http::field::set_cookie]),
              testing::EndsWith("; HttpOnly; SameSite=Strict; Path=/auth; Max-Age=600"));
}

TEST_F(Consent, TakesNoAnswerThatIsNone) {
  const Page page = Open();
  for (const std::string& body :
       {std::string(), "token=" + page.token, "token=" + page.token + "&decision=maybe",
        "token=" + page.token + "&decision=approve&decision=deny", std::string("decision=approve"),
        std::string("token=guess&decision=approve"), std::string("%")}) {
    EXPECT_EQ(Answer(body, page.cookie).result_int(), 403u) << body;
  }
  EXPECT_EQ(Answer(page, "approve").result_int(), 303u);
}

TEST_F(Consent, ForgetsAPageThatIsTooOld) {
  const Page page = Open();
  now_ = now_.load() + 10min;
  EXPECT_EQ(Answer(page, "approve").result_int(), 403u);
}

// ---- Form fields

TEST(FormFields, AreReadAsBrowsersWriteThem) {
  EXPECT_THAT(*ParseFormFields("a=1&b=x+y%2B%c3%A4&c&=&d="),
              ElementsAre(Pair("", ""), Pair("a", "1"), Pair("b", "x y+\xc3\xa4"), Pair("c", ""),
                          Pair("d", "")));
  EXPECT_TRUE(ParseFormFields("")->empty());
  for (const char* broken : {"a=%", "a=%4", "a=%4g", "a=%+1", "a=1&a=2", "%zz"}) {
    EXPECT_FALSE(ParseFormFields(broken)) << broken;
  }
}

}  // namespace
}  // namespace modelgates::sandbox
