#include <sys/stat.h>

#include "integration/cli_login_fixture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

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
  EXPECT_THAT(run.err, HasSubstr("WAIT_OVER: the browser did not come back in time"));
  EXPECT_THAT(run.err, HasSubstr("next: log in again, with more time for the browser (--wait)"));
}

TEST_F(CliLogin, TellsOfTheRedirectOfAnOlderTab) {
  const auto login = Login({"--no-browser", "--wait", "3s"});
  const httplib::Params page = PageOf(*login);
  httplib::Params older = page;
  std::string& callback = older.find("callback_url")->second;
  callback.replace(callback.find("state=") + 6, std::string::npos, std::string(43, 'o'));
  EXPECT_THAT(GoBack(older, "code=c-1"), HasSubstr("There is nothing here"));
  const CliRun run = End(*login);
  EXPECT_EQ(run.status, 6);
  EXPECT_THAT(run.err, HasSubstr("a redirect of another login came"));
}

TEST_F(CliLogin, ShowsTheWayBackFromAnotherMachine) {
  const auto login = Login({"--no-browser"});
  const std::string callback = PageOf(*login).find("callback_url")->second;
  const size_t start = callback.rfind(':') + 1;
  const std::string port = callback.substr(start, callback.find('/', start) - start);
  const std::string tunnel = "  ssh -L " + port + ":127.0.0.1:" + port + " HOST\n";
  EXPECT_TRUE(login->WaitForErrors([&](const std::string& err) {
    return err.find(tunnel) != std::string::npos;
  })) << login->err();
  EXPECT_THAT(login->err(), HasSubstr("in the name of http://127.0.0.1:" + port + ", which is"));
  // Nobody can paste into a pipe.
  EXPECT_THAT(login->err(), Not(HasSubstr("paste")));
}

// ---- The page says what became of it

TEST_F(CliLogin, SaysInTheBrowserThatThereIsNoKey) {
  const auto login = Login({"--no-browser", "--key-file", File("key"), "--app-name", "My App"});
  EXPECT_THAT(GoBack(PageOf(*login), "code=no-such-code"), HasSubstr("You are not signed in"));
  EXPECT_EQ(End(*login).status, 4);
  EXPECT_FALSE(std::filesystem::exists(File("key")));
}

TEST_F(CliLogin, SaysInTheBrowserThatTheKeyCouldNotBeWritten) {
  std::filesystem::create_directory(File("folder"));
  const auto login = Login({"--no-browser", "--key-file", File("folder/key")});
  const httplib::Params page = PageOf(*login);
  std::filesystem::remove_all(File("folder"));
  EXPECT_THAT(GoBack(page, "code=" + Approve(page)), HasSubstr("You are not signed in"));
  EXPECT_EQ(End(*login).status, 7);
}

TEST_F(CliLogin, SaysInTheBrowserThatTheAnswerWasLost) {
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  config_.upstream = upstream_.url() + "/api/v1";
  const auto login = Login({"--no-browser", "--timeout", "2s"});
  EXPECT_THAT(GoBack(PageOf(*login), "code=c-1"), HasSubstr("You are not signed in"));
  const CliRun run = End(*login);
  EXPECT_EQ(run.status, 6) << run.err;
  EXPECT_THAT(run.err, HasSubstr("next: log in again"));
}

// ---- Found before the user is asked

TEST_F(CliLogin, AsksNobodyWhenItCannotSucceed) {
  const CliRun gateway = End(*Login({"--no-browser", "--gateway", "127.0.0.1:1"}));
  EXPECT_EQ(gateway.status, 3);
  EXPECT_THAT(gateway.err, HasSubstr("next: check --gateway"));
  EXPECT_THAT(gateway.err, Not(HasSubstr("Open this")));
  for (const std::string& path : {File("none/key"), std::string("/dev/full"), File("")}) {
    const CliRun file = End(*Login({"--no-browser", "--key-file", path}));
    EXPECT_EQ(file.status, 7);
    EXPECT_THAT(file.err, HasSubstr("cannot write " + path));
    EXPECT_THAT(file.err, Not(HasSubstr("Open this")));
  }
  const CliRun wait = End(*Login({"--no-browser", "--wait", "soon"}));
  EXPECT_EQ(wait.status, 2);
  EXPECT_THAT(wait.err, HasSubstr("--wait must be a duration"));
}

TEST_F(CliLogin, NamesThePortThatIsTaken) {
  const std::string port = sandbox_.address().substr(sandbox_.address().rfind(':') + 1);
  const CliRun run = End(*Login({"--no-browser", "--port", port}));
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, HasSubstr("PORT: cannot listen on 127.0.0.1:" + port));
  EXPECT_THAT(run.err, HasSubstr("next: give another --port"));
}

TEST_F(CliLogin, EndsWhenInterrupted) {
  const auto login = Login({"--no-browser"});
  PageOf(*login);
  login->Signal(SIGINT);
  EXPECT_EQ(End(*login).status, 130);
}

// As an argument, which other users of the machine see: neither state nor challenge is in it.
TEST_F(CliLogin, OpensTheBrowserOfTheEnvironment) {
  Write(File("browser"), "#!/bin/sh\nprintf '%s' \"$1\" >\"$0.opened\"\n");
  ASSERT_EQ(mkfifo(File("browser.opened").c_str(), 0600), 0);
  std::filesystem::permissions(File("browser"), std::filesystem::perms::owner_all);
  const auto login = Login({}, {"BROWSER=" + File("browser") + ":other"});
  const httplib::Params page = PageOf(*login);
  const std::string opened = Read(File("browser.opened"));
  EXPECT_THAT(opened,
              testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+/start-[A-Za-z0-9_-]{43}"));
  EXPECT_THAT(opened, Not(HasSubstr(page.find("code_challenge")->second)));
  const size_t path = opened.find("/start");
  const auto answer = httplib::Client(opened.substr(0, path)).Get(opened.substr(path).c_str());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 303);
  // The HTTP client has undone its escapes.
  const std::string location = answer->get_header_value("Location");
  EXPECT_THAT(location, HasSubstr("callback_url=" + page.find("callback_url")->second + "&"));
  EXPECT_THAT(location, HasSubstr("code_challenge=" + page.find("code_challenge")->second));
  EXPECT_THAT(GoBack(page, "code=" + Approve(page)), HasSubstr("You are signed in"));
  EXPECT_EQ(End(*login).status, 0);
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

// A terminal keeps what it has shown.
TEST_F(CliLogin, ShowsNoKeyOnATerminalUnlessItIsTold) {
  TerminalProcess login({CLI_BINARY, "login", "--direct", kCallbackUrl}, Environment());
  EXPECT_EQ(login.WaitForExit(), 2);
  EXPECT_THAT(login.screen(), HasSubstr("--key-file is required, because stdout is a terminal"));
  EXPECT_EQ(sandbox_.Counts().codes_created, 0u);
  TerminalProcess told({CLI_BINARY, "login", "--direct", kCallbackUrl, "--key-file", "-"},
                       Environment());
  EXPECT_EQ(told.WaitForExit(), 0);
  EXPECT_THAT(told.screen(), HasSubstr("sk-"));
}

// On a terminal something turns, and is wiped away.
TEST_F(CliLogin, TurnsASpinnerOnATerminal) {
  std::vector<std::string> environment = Environment();
  environment.insert(environment.end(), {"TERM=xterm", "BROWSER=/bin/true"});
  TerminalProcess login({CLI_BINARY, "login", "--wait", "300ms", "--key-file", File("key")},
                        environment);
  EXPECT_EQ(login.WaitForExit(), 6);
  EXPECT_THAT(login.screen(), HasSubstr("\r| waiting for the browser"));
  EXPECT_THAT(login.screen(), HasSubstr("\r\033[K"));
  EXPECT_TRUE(login.echoes());
}

}  // namespace
}  // namespace modelgates::gateway
