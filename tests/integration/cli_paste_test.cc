#include "integration/cli_login_fixture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCtrlC[] = "\x03";

// `login` where the browser runs on another machine: the user pastes the address of the redirect.
class CliPaste : public CliLogin {
 protected:
  static std::string Callback(const httplib::Params& page) {
    return page.find("callback_url")->second;
  }
};

TEST_F(CliPaste, EndsWithAKey) {
  const auto login = LoginAtTerminal({"--key-file", File("key")});
  const httplib::Params page = PageOf(*login);
  EXPECT_FALSE(login->echoes());
  const std::string auth_code = Approve(page);
  login->Type(" " + Callback(page) + "&code=" + auth_code + "\n");
  EXPECT_EQ(login->WaitForExit(), 0) << login->screen();
  EXPECT_THAT(Read(File("key")), testing::StartsWith("sk-"));
  EXPECT_THAT(login->screen(), Not(HasSubstr(auth_code)));
  EXPECT_TRUE(login->echoes());
}

TEST_F(CliPaste, AsksAgainAfterAnythingElse) {
  const auto login = LoginAtTerminal({"--key-file", File("key")});
  const httplib::Params page = PageOf(*login);
  std::string other = Callback(page);
  other.replace(other.find("state=") + 6, std::string::npos, std::string(43, 'o'));
  login->Type(other + "&code=c-1\n");
  EXPECT_TRUE(login->WaitForScreen("That is the address of another login")) << login->screen();
  login->Type("c-2\n\n");
  EXPECT_TRUE(login->WaitForScreen("That is not the address: copy all of it")) << login->screen();
  login->Type(Callback(page) + "&code=" + Approve(page) + "\n");
  EXPECT_EQ(login->WaitForExit(), 0) << login->screen();
  EXPECT_THAT(Read(File("key")), testing::StartsWith("sk-"));
}

TEST_F(CliPaste, TakesADenial) {
  const auto login = LoginAtTerminal({"--key-file", File("key")});
  login->Type(Callback(PageOf(*login)) + "&error=access_denied\n");
  EXPECT_EQ(login->WaitForExit(), 4) << login->screen();
  EXPECT_THAT(login->screen(), HasSubstr("access_denied: the user said no"));
}

TEST_F(CliPaste, TakesTheBrowserThatComesFirst) {
  const auto login = LoginAtTerminal({"--key-file", File("key")});
  const httplib::Params page = PageOf(*login);
  EXPECT_THAT(GoBack(page, "code=" + Approve(page)), HasSubstr("You are signed in"));
  EXPECT_EQ(login->WaitForExit(), 0) << login->screen();
  EXPECT_TRUE(login->echoes());
}

TEST_F(CliPaste, EndsWithTheFirstInterrupt) {
  const auto login = LoginAtTerminal({"--key-file", File("key")});
  PageOf(*login);
  login->Type(kCtrlC);
  EXPECT_EQ(login->WaitForExit(), 130) << login->screen();
  EXPECT_TRUE(login->echoes());
}

TEST_F(CliPaste, EndsWhenNobodyComes) {
  const auto login = LoginAtTerminal({"--key-file", File("key"), "--wait", "100ms"});
  EXPECT_EQ(login->WaitForExit(), 6) << login->screen();
  EXPECT_THAT(login->screen(), HasSubstr("ssh -L "));
  EXPECT_TRUE(login->echoes());
}

}  // namespace
}  // namespace modelgates::gateway
