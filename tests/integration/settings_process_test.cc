#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/http_get.h"
#include "support/temporary_folder.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> LinesIn(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A port that is taken for as long as this lives.
class TakenPort {
 public:
  TakenPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(fd_, generic, size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, generic, &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { close(fd_); }

  const std::string& address() const { return address_; }

 private:
  const int fd_;
  std::string address_;
};

// Every wrong setting is named, each on a line with the value and the rule, and nothing was begun.
TEST(SettingsOfTheProgram, AreAllNamedWhenWrong) {
  const GatewayRun run =
      RunGateway({"--listen=nowhere", "--upstream=ftp://example.com", "--max_attempts=0",
                  "--initial_interval=soon", "--callback_policy=whatever", "--no_such_flag=1",
                  "--log_level=loud"},
                 {"OAUTH_GATEWAY_MAX_DEADLINE=-1s"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.out, IsEmpty());
  for (const char* named :
       {"listen=\"nowhere\"", "upstream=\"ftp://example.com\"", "max_attempts=\"0\"",
        "initial_interval=\"soon\"", "callback_policy=\"whatever\"", "no_such_flag",
        "log_level=\"loud\"", "OAUTH_GATEWAY_MAX_DEADLINE"}) {
    EXPECT_THAT(run.err, HasSubstr(named));
  }
  EXPECT_EQ(LinesIn(run.err).size(), 8u) << run.err;
  for (const std::string& line : LinesIn(run.err)) {
    EXPECT_THAT(line, StartsWith("oauth-gateway: "));
  }
}

TEST(SettingsOfTheProgram, AreNamedWhenWrongTogether) {
  const GatewayRun run = RunGateway(
      {"--upstream=http://example.com/api/v1", "--default_deadline=60s", "--max_deadline=30s"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.err, AllOf(HasSubstr("insecure_upstream"), HasSubstr("default_deadline"),
                             HasSubstr("max_deadline")));
}

TEST(SettingsOfTheProgram, DoNotShowSecretsWhenWrong) {
  const GatewayRun run =
      RunGateway({"--upstream=https://user:pass-canary@example.com/api?x=query-canary"},
                 {"MODELGATES_API_KEY=key-canary\nwith a newline"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("canary")));
  EXPECT_THAT(run.err, HasSubstr("MODELGATES_API_KEY"));
}

TEST(SettingsOfTheProgram, AreCheckedWithoutServing) {
  const TakenPort taken;  // no port is opened, so this does not matter
  const GatewayRun good =
      RunGateway({"--check_config", "--listen=" + taken.address(), "--max_attempts=7"},
                 {"MODELGATES_API_KEY=key-canary"});
  EXPECT_EQ(good.exit_status, 0) << good.err;
  EXPECT_THAT(good.out,
              AllOf(HasSubstr("max_attempts"), HasSubstr("7"), Not(HasSubstr("key-canary"))));
  EXPECT_THAT(good.err, IsEmpty());

  const GatewayRun off = RunGateway({"--check_config", "--noretry_budget", "--nobreaker"});
  EXPECT_EQ(off.exit_status, 0) << off.err;
  EXPECT_THAT(off.err, StartsWith("oauth-gateway: warning: there is no key"));
  EXPECT_THAT(off.out, AllOf(HasSubstr("--retry_budget=false\n"), HasSubstr("--breaker=false\n")));

  const GatewayRun bad = RunGateway({"--check_config", "--max_attempts=70"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.out, IsEmpty());
  EXPECT_THAT(bad.err, HasSubstr("max_attempts"));
}

TEST(SettingsOfTheProgram, TellVersionAndHelp) {
  const GatewayRun version = RunGateway({"--version"});
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_THAT(
      version.out,
      testing::MatchesRegex(
          "oauth-gateway [0-9]+[.][0-9]+[.][0-9]+ [(]([0-9a-f]{12}(-dirty)?|unknown)[)]\n"));
  const GatewayRun help = RunGateway({"--help"});
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("--listen"), HasSubstr("--upstream"), HasSubstr("OAUTH_GATEWAY_")));
}

TEST(SettingsOfTheProgram, NameAPortThatIsTaken) {
  const TakenPort taken;
  for (const char* flag : {"listen", "admin_listen"}) {
    std::vector<std::string> flags = {"--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0"};
    flags.push_back("--" + std::string(flag) + "=" + taken.address());
    const GatewayRun run = RunGateway(flags);
    EXPECT_EQ(run.exit_status, 2);
    EXPECT_THAT(run.err,
                AllOf(HasSubstr("--" + std::string(flag) + ":"), HasSubstr(taken.address())));
    EXPECT_EQ(LinesIn(run.err).size(), 1u) << run.err;
    EXPECT_THAT(run.out, Not(HasSubstr("\"listening\"")));
  }
}

// Without a key every call would be refused by the upstream, and nobody would know why.
TEST(SettingsOfTheProgram, WarnInTheLogOfAGatewayWithoutAKey) {
  GatewayProcess gateway({});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  const std::vector<nlohmann::json> lines = gateway.Lines("setting");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.front().value("severity", ""), "WARNING");
  EXPECT_THAT(lines.front().value("warning", ""), StartsWith("there is no key"));
}

// Two gateways cannot share a port by mistake, and the first goes on.
TEST(SettingsOfTheProgram, KeepASecondGatewayOffTheFirstOnesPort) {
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess first({"--upstream=" + upstream.url() + "/api/v1"});
  ASSERT_TRUE(first.WaitUntilListening()) << first.err();
  const GatewayRun second = RunGateway({"--listen=" + first.grpc_address(), "--admin_listen="});
  EXPECT_EQ(second.exit_status, 2);
  EXPECT_THAT(second.err, HasSubstr(first.grpc_address()));
  EXPECT_THAT(GatewayClient(first.grpc_address()).Create(MinimalCreate()), Succeeds());
}

TEST(SettingsOfTheProgram, ComeFromTheEnvironmentAndFlagsWin) {
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess gateway({"--x_open_router_title=From Flag"},
                         {"OAUTH_GATEWAY_UPSTREAM=" + upstream.url() + "/api/v1/",
                          "OAUTH_GATEWAY_X_OPEN_ROUTER_TITLE=From Environment",
                          "OAUTH_GATEWAY_HTTP_REFERER=https://environment.example",
                          "MODELGATES_API_KEY=sk-environment"});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  ASSERT_THAT(GatewayClient(gateway.grpc_address()).Create(MinimalCreate()), Succeeds());
  const ReceivedRequest request = upstream.Requests().back();
  EXPECT_EQ(request.target, kCreatePath);
  EXPECT_EQ(request.Header("x-openrouter-title"), "From Flag");
  EXPECT_EQ(request.Header("http-referer"), "https://environment.example");
  EXPECT_EQ(request.Header("authorization"), "Bearer sk-environment");
}

// Nothing in the environment steers where requests go.
TEST(SettingsOfTheProgram, IgnoreTheProxiesOfTheEnvironment) {
  FakeUpstream upstream;
  FakeUpstream proxy;
  AnswerBoth(upstream);
  const TemporaryFolder home("gateway-home");
  std::ofstream(home / ".netrc") << "machine 127.0.0.1 login u password p\n";
  std::ofstream(home / ".curlrc") << "proxy = " << proxy.url() << "\n";
  std::vector<std::string> env = {"HOME=" + home.path().string()};
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                           "ALL_PROXY", "grpc_proxy"}) {
    env.push_back(std::string(name) + "=" + proxy.url());
  }
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1"}, env);
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  EXPECT_THAT(GatewayClient(gateway.grpc_address()).Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_FALSE(upstream.Requests().back().Header("authorization"));
}

// Whether it is to serve or to check, it ends before a port opens.
TEST(SettingsOfTheProgram, RefuseACallersFileThatIsWrong) {
  const std::string path = testing::TempDir() + "wrong_callers.json";
  std::ofstream(path) << "{\"callers\": [\n {\"id\": \"address:*\", \"method\": []}]}";
  for (const char* flag : {"--check_config", "--nocheck_config"}) {
    const GatewayRun run = RunGateway({"--callers_file=" + path, flag});
    EXPECT_EQ(run.exit_status, 2) << flag;
    EXPECT_THAT(run.err, AllOf(HasSubstr("--callers_file="),
                               HasSubstr("line 2: callers[0].method is unknown: members are id, "
                                         "methods, rate, concurrent")))
        << flag;
    EXPECT_THAT(run.out, Not(HasSubstr("listening")));
  }
}

}  // namespace
}  // namespace modelgates::gateway
