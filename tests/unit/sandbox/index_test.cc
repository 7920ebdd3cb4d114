#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/sandbox.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Index : public testing::Test {
 protected:
  void Start(SandboxOptions options = {}) {
    sandbox_.emplace(std::move(options));
    ASSERT_TRUE(sandbox_->Start().ok());
  }

  HttpResponse Get(const std::string& host = "sandbox:8080") {
    SandboxClient client(sandbox_->port());
    client.SendRaw("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return *client.Receive().response;
  }

  std::optional<Sandbox> sandbox_;
};

TEST_F(Index, LeadsToEverythingThatIsServed) {
  Start({.base_path = "/api/v9"});
  const HttpResponse page = Get();
  EXPECT_EQ(page.result_int(), 200u);
  EXPECT_EQ(page["content-type"], "text/html; charset=utf-8");
  EXPECT_THAT(page.body(), HasSubstr("<pre>http://sandbox:8080/api/v9</pre>"));
  EXPECT_THAT(page.body(), HasSubstr("login --site http://sandbox:8080 "));
  EXPECT_THAT(page.body(), HasSubstr("http://sandbox:8080/control/faults"));
  SandboxClient client(sandbox_->port());
  int links = 0;
  for (size_t at = 0; (at = page.body().find("href=\"", at)) != std::string::npos; ++links) {
    at += 6;
    const std::string target = page.body().substr(at, page.body().find('"', at) - at);
    EXPECT_EQ(client.Get(target).response->result_int(), 200u) << target;
  }
  EXPECT_EQ(links, 2);
}

TEST_F(Index, ShowsFaultsAndCounters) {
  Start();
  SandboxClient client(sandbox_->port());
  client.Post("/api/v1/auth/keys/code", {{"callback_url", "https://app.example/cb"}});
  sandbox_->faults().Add({{.action = FaultAction::kReset}, {.action = FaultAction::kHang}});
  const std::string page = Get().body();
  EXPECT_THAT(page, HasSubstr("<dt>requests of /auth/keys/code</dt><dd>1</dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>answers with 200</dt><dd>1</dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>codes created</dt><dd>1</dd>"));
  EXPECT_THAT(page, HasSubstr("<p>2 pending."));
}

TEST_F(Index, SaysWhenABearerIsRequired) {
  Start();
  EXPECT_THAT(Get().body(), Not(HasSubstr("requires the bearer")));
  Start({.api_key = "sk-secret"});
  EXPECT_THAT(Get().body(), AllOf(HasSubstr("requires the bearer"), Not(HasSubstr("sk-secret"))));
}

TEST_F(Index, SaysWhenThereIsNoControl) {
  Start({.control = false});
  EXPECT_THAT(Get().body(), AllOf(HasSubstr("switched off"), Not(HasSubstr("/control/"))));
}

// The header is a text of the other side, and may be anything.
TEST_F(Index, ShowsAnotherHostAsText) {
  Start();
  EXPECT_THAT(Get("<b>\"x").body(), AllOf(HasSubstr("http://&lt;b&gt;"), Not(HasSubstr("<b>"))));
}

TEST_F(Index, HasThePolicyOfTheConsentPage) {
  Start();
  const HttpResponse index = Get();
  const HttpResponse refusal = *SandboxClient(sandbox_->port()).Get("/auth").response;
  for (const char* header : {"Content-Security-Policy", "Referrer-Policy", "X-Frame-Options",
                             "X-Content-Type-Options", "Cache-Control"}) {
    EXPECT_NE(index[header], "") << header;
    EXPECT_EQ(index[header], refusal[header]) << header;
  }
}

}  // namespace
}  // namespace modelgates::sandbox
