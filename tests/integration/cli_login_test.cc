#include <httplib.h>

#include <regex>

#include "integration/cli_fixture.h"
#include "sandbox/sandbox.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

// `login` against a ModelGates with its real rules; the test is the browser.
class CliLogin : public CliTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sandbox_.Start().ok());
    config_.upstream = sandbox_.base_url();
  }

  std::unique_ptr<Subprocess> Login(std::vector<std::string> more,
                                    const std::vector<std::string>& env = {}) {
    more.insert(more.begin(), {"login", "--site", "http://" + sandbox_.address()});
    return Start(more, "", env);
  }

  // The URL of the page, as the command shows it; its parameters, decoded.
  static httplib::Params PageOf(const Subprocess& login) {
    const std::regex url("  (http://[^\n]*)\n");
    std::smatch found;
    std::string shown;
    EXPECT_TRUE(login.WaitForErrors([&](const std::string& err) {
      shown = err;
      return std::regex_search(shown, found, url);
    })) << login.err();
    return Parse(found[1]);
  }
  static httplib::Params Parse(const std::string& url) {
    httplib::Params params;
    httplib::detail::parse_query_text(url.substr(url.find('?') + 1), params);
    return params;
  }

  // A code of the challenge on the page, as if the user had approved.
  std::string Approve(const httplib::Params& page) {
    httplib::Client api("http://" + sandbox_.address());
    const nlohmann::json body{
        {"callback_url", page.find("callback_url")->second},
        {"code_challenge", page.find("code_challenge")->second},
        {"code_challenge_method", page.find("code_challenge_method")->second}};
    const auto created = api.Post("/api/v1/auth/keys/code", body.dump(), "application/json");
    EXPECT_EQ(created->status, 200) << created->body;
    return nlohmann::json::parse(created->body)["data"]["id"];
  }

  // Sends the browser back, with `more` added to the callback's query.
  static std::string GoBack(const httplib::Params& page, const std::string& more) {
    const std::string callback = page.find("callback_url")->second;
    const size_t path = callback.find('/', callback.find("://") + 3);
    httplib::Client browser(callback.substr(0, path));
    const auto answer = browser.Get((callback.substr(path) + "&" + more).c_str());
    EXPECT_TRUE(answer);
    return answer ? answer->body : "";
  }

  sandbox::Sandbox sandbox_{sandbox::SandboxOptions{}};
};

TEST_F(CliLogin, EndsWithAKeyInAFile) {
  const auto login =
      Login({"--no-browser", "--key-file", File("key"), "--app-name", "My App", "--limit", "5"});
  const httplib::Params page = PageOf(*login);
  EXPECT_EQ(page.find("limit")->second, "5");
  EXPECT_EQ(page.find("code_challenge_method")->second, "S256");
  EXPECT_THAT(GoBack(page, "code=" + Approve(page)), HasSubstr("go back to My App"));
  const CliRun run = End(*login);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, "the key is in " + File("key") + "\n");
  EXPECT_THAT(Read(File("key")), testing::StartsWith("sk-"));
  // No spinner where nobody looks.
  EXPECT_THAT(run.err, Not(HasSubstr("\r")));
}

TEST_F(CliLogin, PrintsTheKeyForAPipe) {
  const auto login = Login({"--no-browser"});
  const httplib::Params page = PageOf(*login);
  GoBack(page, "code=" + Approve(page));
  const CliRun run = End(*login);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, testing::MatchesRegex("sk-[^\n]*\n"));
}

TEST_F(CliLogin, EndsWhenTheUserSaysNo) {
  const auto login = Login({"--no-browser", "--key-file", File("key")});
  GoBack(PageOf(*login), "error=access_denied&error_description=no%1B%5B2J");
  const CliRun run = End(*login);
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.err, HasSubstr("access_denied: no"));
  EXPECT_THAT(run.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run.err, HasSubstr("next: log in again if that was a mistake"));
  EXPECT_FALSE(std::filesystem::exists(File("key")));
}

TEST_F(CliLogin, EndsWhenNobodyComes) {
  const CliRun run = End(*Login({"--no-browser", "--wait", "100ms"}));
  EXPECT_EQ(run.status, 6);
  EXPECT_THAT(run.err, HasSubstr("the browser did not come back in time"));
}

TEST_F(CliLogin, EndsWhenInterrupted) {
  const auto login = Login({"--no-browser"});
  PageOf(*login);
  login->Signal(SIGINT);
  EXPECT_EQ(End(*login).status, 130);
}

// As an argument, not through a shell.
TEST_F(CliLogin, OpensTheBrowserOfTheEnvironment) {
  Write(File("browser"), "#!/bin/sh\nprintf '%s' \"$1\" >\"$0.opened\"\n");
  std::filesystem::permissions(File("browser"), std::filesystem::perms::owner_all);
  const auto login = Login({"--wait", "2s"}, {"BROWSER=" + File("browser") + ":other"});
  const httplib::Params page = PageOf(*login);
  EXPECT_EQ(End(*login).status, 6);
  EXPECT_EQ(Parse(Read(File("browser.opened"))), page);
}

TEST_F(CliLogin, ShowsTheUrlWhenThereIsNoBrowser) {
  const auto login = Login({"--wait", "100ms"}, {"BROWSER=/no/such/browser"});
  EXPECT_THAT(End(*login).err, HasSubstr("Open this in a browser:\n  http://"));
}

TEST_F(CliLogin, NeedsNoPageWithAKeyOfTheGateways) {
  const CliRun run = Run({"login", "--direct", kCallbackUrl});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, testing::StartsWith("sk-"));
}

// On a terminal something turns, and is wiped away.
TEST_F(CliLogin, TurnsASpinnerOnATerminal) {
  const std::string command = std::string(CLI_BINARY) + " login --no-browser --wait 300ms";
  Subprocess terminal({"/usr/bin/script", "-qec", command, "/dev/null"},
                      {"TERM=xterm", "MODELGATES_OAUTH_GATEWAY=" + server().grpc_address()});
  const CliRun run = End(terminal);
  EXPECT_EQ(run.status, 6);
  EXPECT_THAT(run.out, HasSubstr("\r| waiting for the browser"));
  EXPECT_THAT(run.out, HasSubstr("\r\033[K"));
}

}  // namespace
}  // namespace modelgates::gateway
