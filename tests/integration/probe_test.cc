#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "support/gateway_process.h"

namespace modelgates::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// The gateway, and another one that is asked to look how it is.
class Probe : public testing::Test {
 protected:
  void Start(std::vector<std::string> flags = {}) {
    gateway_.emplace(std::move(flags));
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
  }

  GatewayRun Ask(const std::string& question) const {
    return AskAt(question, gateway_->grpc_address(), gateway_->admin_address());
  }
  static GatewayRun AskAt(const std::string& question, const std::string& listen,
                          const std::string& admin_listen) {
    return RunGateway({"--probe=" + question, "--listen=" + listen,
                       "--admin_listen=" + admin_listen, "--api_key_file=/nonexistent/key"},
                      {"http_proxy=http://127.0.0.1:1", "grpc_proxy=http://127.0.0.1:1"});
  }

  std::optional<GatewayProcess> gateway_;
};

TEST_F(Probe, SaysNothingOfAGatewayThatIsWell) {
  Start();
  for (const char* question : {"health", "live", "ready"}) {
    const GatewayRun run = Ask(question);
    EXPECT_EQ(run.exit_status, 0) << question << run.err;
    EXPECT_THAT(run.out + run.err, IsEmpty()) << question;
  }
}

// As in a container, where only this machine's own address can be asked.
TEST_F(Probe, FindsAGatewayThatListensEverywhere) {
  Start({"--listen=0.0.0.0:0", "--admin_listen=0.0.0.0:0"});
  for (const char* question : {"health", "live", "ready"}) {
    EXPECT_EQ(Ask(question).exit_status, 0) << question;
  }
}

// It is alive, so nobody should restart it, and nobody should call it.
TEST_F(Probe, TellsADrainingGatewayFromADeadOne) {
  Start({"--drain_delay=60s"});
  gateway_->Signal(SIGTERM);
  ASSERT_TRUE(gateway_->WaitForEvent("draining"));
  while (Ask("health").exit_status == 0 && gateway_->running()) {
  }
  EXPECT_EQ(Ask("live").exit_status, 0);
  const GatewayRun ready = Ask("ready");
  EXPECT_EQ(ready.exit_status, 1);
  EXPECT_EQ(ready.err, "oauth-gateway: /readyz of " + gateway_->admin_address() + ": HTTP 503\n");
  const GatewayRun health = Ask("health");
  EXPECT_EQ(health.exit_status, 1);
  EXPECT_EQ(health.err, "oauth-gateway: health of " + gateway_->grpc_address() + ": NOT_SERVING\n");
}

TEST_F(Probe, SaysInOneLineThatNobodyIsThere) {
  Start();
  const std::string grpc_address = gateway_->grpc_address();
  const std::string admin_address = gateway_->admin_address();
  ASSERT_EQ(gateway_->Terminate(), 0);
  for (const char* question : {"health", "live", "ready"}) {
    const GatewayRun run = AskAt(question, grpc_address, admin_address);
    EXPECT_EQ(run.exit_status, 1) << question;
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_THAT(run.err, AllOf(StartsWith("oauth-gateway: "), HasSubstr("127.0.0.1")));
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
}

// A process that is stopped accepts connections, by its kernel, and answers none.
TEST_F(Probe, DoesNotWaitForAGatewayThatHangs) {
  Start();
  gateway_->Signal(SIGSTOP);
  for (const char* question : {"health", "live", "ready"}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Ask(question).exit_status, 1) << question;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  }
  gateway_->Signal(SIGCONT);
}

TEST_F(Probe, IsRefusedWhereItCannotKnowThePort) {
  const GatewayRun run = AskAt("health", "127.0.0.1:0", "");
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.err, HasSubstr("--probe=\"health\""));
}

}  // namespace
}  // namespace modelgates::gateway
