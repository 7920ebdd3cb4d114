#include "integration/cli_fixture.h"
#include "support/terminal_process.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCtrlC[] = "\x03";
constexpr char kCtrlD[] = "\x04";
constexpr char kCtrlZ[] = "\x1a";
constexpr char kCtrlBackslash[] = "\x1c";

// The command where a person types.
class CliTerminal : public CliTest {
 protected:
  std::unique_ptr<TerminalProcess> AtTerminal(std::vector<std::string> args) {
    args.insert(args.begin(), CLI_BINARY);
    return std::make_unique<TerminalProcess>(args, Environment());
  }
};

TEST_F(CliTerminal, AsksForSecretsAndDoesNotShowThem) {
  const auto exchange = AtTerminal({"exchange", "--code", "-", "--code-verifier", "-"});
  ASSERT_TRUE(exchange->WaitForScreen("authorization code (not shown): ")) << exchange->screen();
  EXPECT_FALSE(exchange->echoes());
  exchange->Type("code-1\n");
  ASSERT_TRUE(exchange->WaitForScreen("\r\ncode verifier (not shown): ")) << exchange->screen();
  exchange->Type(std::string(kVerifier) + "\n");
  EXPECT_EQ(exchange->WaitForExit(), 0) << exchange->screen();
  EXPECT_THAT(exchange->screen(), HasSubstr("\r\nsk-user-1\r\n"));
  EXPECT_THAT(exchange->screen(), Not(HasSubstr("code-1")));
  EXPECT_THAT(exchange->screen(), Not(HasSubstr(kVerifier)));
  EXPECT_TRUE(exchange->echoes());
  const auto body = nlohmann::json::parse(upstream_.Requests().back().body);
  EXPECT_EQ(body["code"], "code-1");
  EXPECT_EQ(body["code_verifier"], kVerifier);
}

TEST_F(CliTerminal, TakesTheAnswersOfOnePaste) {
  const auto exchange = AtTerminal({"exchange", "--code", "-", "--code-verifier", "-"});
  ASSERT_TRUE(exchange->WaitForScreen("authorization code (not shown): "));
  exchange->Type("code-1\n" + std::string(kVerifier) + "\n");
  EXPECT_EQ(exchange->WaitForExit(), 0) << exchange->screen();
}

TEST_F(CliTerminal, AsksForEverySecret) {
  const auto health = AtTerminal({"health", "--bearer", "-"});
  ASSERT_TRUE(health->WaitForScreen("API key (not shown): ")) << health->screen();
  health->Type("sk-mine\n");
  EXPECT_EQ(health->WaitForExit(), 0) << health->screen();
  const auto pkce = AtTerminal({"pkce", "--code-verifier", "-"});
  ASSERT_TRUE(pkce->WaitForScreen("code verifier (not shown): ")) << pkce->screen();
  pkce->Type(std::string(kVerifier) + "\n");
  EXPECT_EQ(pkce->WaitForExit(), 0) << pkce->screen();
}

TEST_F(CliTerminal, EndsWithTheFirstInterrupt) {
  const auto by_key = AtTerminal({"exchange", "--code", "-"});
  ASSERT_TRUE(by_key->WaitForScreen("authorization code"));
  by_key->Type(std::string("half") + kCtrlC);
  EXPECT_EQ(by_key->WaitForExit(), 130) << by_key->screen();
  EXPECT_THAT(by_key->screen(), HasSubstr("INTERRUPTED: ended before anything was sent"));
  EXPECT_THAT(by_key->screen(), HasSubstr("next: run it again: nothing was sent"));
  EXPECT_TRUE(by_key->echoes());
  const auto by_signal = AtTerminal({"exchange", "--code", "-"});
  ASSERT_TRUE(by_signal->WaitForScreen("authorization code"));
  by_signal->Signal(SIGTERM);
  EXPECT_EQ(by_signal->WaitForExit(), 130) << by_signal->screen();
  EXPECT_TRUE(by_signal->echoes());
  EXPECT_EQ(upstream_.connections(), 0);
}

TEST_F(CliTerminal, ShowsWhatIsTypedAgainAfterAnError) {
  const auto nothing = AtTerminal({"exchange", "--code", "-"});
  ASSERT_TRUE(nothing->WaitForScreen("authorization code"));
  nothing->Type(kCtrlD);
  EXPECT_EQ(nothing->WaitForExit(), 2);
  EXPECT_THAT(nothing->screen(), HasSubstr("--code found no line on stdin"));
  EXPECT_TRUE(nothing->echoes());
  const auto wrong = AtTerminal({"exchange", "--code", "-"});
  ASSERT_TRUE(wrong->WaitForScreen("authorization code"));
  // Keys that would stop the program while nothing is shown.
  wrong->Type(std::string(kCtrlZ) + kCtrlBackslash + "\n");
  EXPECT_EQ(wrong->WaitForExit(), 2);
  EXPECT_TRUE(wrong->echoes());
}

// A pipe has no prompt.
TEST_F(CliTerminal, AsksNobodyWhenStdinIsAPipe) {
  const CliRun run = Run({"exchange", "--code", "-"}, "code-1\n");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
}

}  // namespace
}  // namespace modelgates::gateway
