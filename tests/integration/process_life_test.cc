#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "integration/call_messages.h"
#include "support/asan_options.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/health_check.h"
#include "support/http_get.h"
#include "support/loopback.h"
#include "support/metric_value.h"
#include "support/notify_socket.h"
#include "support/tcp_connection.h"
#include "support/temporary_folder.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using grpc::health::v1::HealthCheckResponse;
using std::chrono::milliseconds;
using testing::SizeIs;

class ProcessLife : public testing::Test {
 protected:
  void Start(std::vector<std::string> flags = {}, const std::vector<std::string>& env = {}) {
    AnswerBoth(upstream_);
    flags.push_back("--upstream=" + upstream_.url() + "/api/v1");
    gateway_.emplace(flags, env);
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
    client_.emplace(gateway_->grpc_address());
  }

  // What the log says of signals, in order, once there are `count`.
  std::vector<std::string> IgnoredSignals(size_t count) {
    gateway_->WaitForLines("signal_ignored", count);
    std::vector<std::string> names;
    for (const auto& line : gateway_->Lines("signal_ignored")) names.push_back(line["signal"]);
    return names;
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
  std::optional<GatewayClient> client_;
};

// Given an exchange on its way, when signals come that other programs quit at, then the exchange is
// answered, the log says what was ignored, and SIGTERM still drains.
TEST_F(ProcessLife, NoSignalButStopSignalsEndsIt) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(300)));
  auto exchange = client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  std::vector<std::string> sent;
  for (const auto& [signal, name] : {std::pair{SIGQUIT, "SIGQUIT"}, std::pair{SIGUSR1, "SIGUSR1"},
                                     std::pair{SIGUSR2, "SIGUSR2"}}) {
    gateway_->Signal(signal);
    sent.emplace_back(name);
    ASSERT_EQ(IgnoredSignals(sent.size()), sent);
  }
  EXPECT_THAT(exchange->Wait(), Succeeds());
  EXPECT_EQ(gateway_->Terminate(), 0);
}

// Given an exchange on its way and a flagfile that has changed, when SIGHUP comes, then live
// settings are used, /configz shows them and where they are from, others are named, and the
// exchange is answered. A wrong flagfile changes nothing.
TEST_F(ProcessLife, ReadsItsSettingsAgainAtSighup) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("flagfile." + std::to_string(getpid()));
  const auto write = [&](std::string_view text) { std::ofstream(file) << text; };
  write("--max_attempts=2\n");
  Start({"--flagfile=" + file.string()}, {"MODELGATES_API_KEY=sk-of-the-environment"});
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(300)));
  auto exchange = client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));

  write("# of today\n--max_attempts=7\n--title_header=X-Other\n");
  gateway_->Signal(SIGHUP);
  ASSERT_TRUE(gateway_->WaitForEvent("reloaded"));
  const auto reloaded = gateway_->Lines("reloaded")[0];
  EXPECT_EQ(reloaded["setting"], "flagfile");
  EXPECT_EQ(reloaded["changed"], "--max_attempts=7");
  EXPECT_EQ(reloaded["need_restart"], "title_header");
  const std::string page = HttpGet(gateway_->admin_address(), "/configz").body;
  EXPECT_THAT(page, testing::HasSubstr("# flagfile " + file.string() + ":2\n--max_attempts=7\n"));
  EXPECT_THAT(page, testing::ContainsRegex("^# read 20[-0-9]+T[:0-9]+Z"));
  EXPECT_THAT(page, testing::HasSubstr("--title_header=X-OpenRouter-Title\n"));
  EXPECT_THAT(page, testing::HasSubstr("# the gateway's key: <redacted>\n"));

  write("--max_attempts=0\n--log_level=loud\n");
  gateway_->Signal(SIGHUP);
  ASSERT_TRUE(gateway_->WaitForLines("reload_failed", 2));
  EXPECT_EQ(HttpGet(gateway_->admin_address(), "/configz").body, page);
  EXPECT_EQ(MetricValue(gateway_->admin_address(),
                        R"(oauth_gateway_reloads_total{file="flagfile",result="failed"})"),
            2);

  EXPECT_THAT(exchange->Wait(), Succeeds());
  EXPECT_EQ(upstream_.Requests()[0].Header("authorization"), "Bearer sk-of-the-environment");
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(upstream_.Requests()[1].Header("authorization"), "Bearer sk-of-the-environment");
  std::filesystem::remove(file);
}

// Given a service manager, when the gateway starts, reads its settings again, refuses wrong ones
// and stops, then the manager is told of each state at its time.
TEST_F(ProcessLife, TellsTheServiceManagerItsState) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("notified." + std::to_string(getpid()));
  std::ofstream(file) << "--max_attempts=2\n";
  NotifySocket manager;
  Start({"--flagfile=" + file.string()}, {"NOTIFY_SOCKET=" + manager.name()});
  EXPECT_EQ(manager.Receive(), "READY=1");
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());

  for (const std::string_view settings : {"--max_attempts=7\n", "--max_attempts=0\n"}) {
    std::ofstream(file) << settings;
    gateway_->Signal(SIGHUP);
    EXPECT_THAT(manager.Receive(), testing::StartsWith("RELOADING=1\n"));
    EXPECT_EQ(manager.Receive(), "READY=1");
  }
  EXPECT_TRUE(gateway_->WaitForLines("reload_failed", 1));

  gateway_->Signal(SIGTERM);
  EXPECT_EQ(manager.Receive(), "STOPPING=1");
  EXPECT_EQ(gateway_->WaitForExit(), 0);
  EXPECT_THAT(gateway_->Lines("reload_failed"), SizeIs(1));
  std::filesystem::remove(file);
}

TEST_F(ProcessLife, NoSuchSignalCutsADrainShort) {
  Start({"--drain_delay=60s"});
  gateway_->Signal(SIGTERM);
  ASSERT_TRUE(gateway_->WaitForEvent("draining"));
  gateway_->Signal(SIGHUP);
  EXPECT_THAT(IgnoredSignals(1), SizeIs(1));
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
  gateway_->Signal(SIGTERM);
  EXPECT_EQ(gateway_->WaitForExit(), 1);
}

// Started without descriptors 0 to 2, as some supervisors do: their numbers must not go to what the
// gateway opens itself, which the log would be written to.
TEST_F(ProcessLife, WorksWithoutStandardDescriptors) {
  AnswerBoth(upstream_);
  const std::string grpc = "127.0.0.1:" + std::to_string(FreePort());
  const std::string admin = "127.0.0.1:" + std::to_string(FreePort());
  Subprocess gateway({"/bin/sh", "-c", R"(exec "$0" "$@" <&- >&- 2>&-)", GatewayPath(),
                      "--listen=" + grpc, "--admin_listen=" + admin, "--drain_delay=0s",
                      "--upstream=" + upstream_.url() + "/api/v1"});
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (HttpGet(admin, "/readyz").status != 200 && std::chrono::steady_clock::now() < patience) {
  }
  GatewayClient client(grpc);
  EXPECT_THAT(client.Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(MetricValue(admin, "oauth_gateway_log_lines_dropped_total"), 0);
  gateway.Signal(SIGTERM);
  EXPECT_EQ(gateway.WaitForExit(), 0);
}

// Given that descriptors have run out, when callers connect, then the log and a metric say so, and
// the callers are served once there are some again.
TEST_F(ProcessLife, SaysThatDescriptorsHaveRunOut) {
  Start();
  rlimit limit{};
  ASSERT_EQ(prlimit(gateway_->pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
  const rlimit none{3, limit.rlim_max};
  ASSERT_EQ(prlimit(gateway_->pid(), RLIMIT_NOFILE, &none, nullptr), 0);
  const TcpConnection refused(gateway_->grpc_address());
  ASSERT_TRUE(gateway_->WaitForEvent("accept_failed"));
  EXPECT_EQ(gateway_->Lines("accept_failed").front()["error"], "Too many open files");
  EXPECT_EQ(gateway_->Lines("accept_failed").front()["severity"], "ERROR");
  ASSERT_EQ(prlimit(gateway_->pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
  EXPECT_GE(MetricValue(gateway_->admin_address(), "oauth_gateway_accept_failures_total"), 1);
}

// Given a gateway whose connects wait for a FIFO (support/connect_shim.cc), when a call needs a
// connection, then the loop hangs.
class HungProcess : public ProcessLife {
 protected:
  HungProcess() {
    fifo_ = folder_ / "fifo";
    EXPECT_EQ(mkfifo(fifo_.c_str(), 0600), 0);
  }

  std::vector<std::string> PreloadedShim() const {
    return {"LD_PRELOAD=" CONNECT_SHIM, "CONNECT_WAITS_FOR=" + fifo_.string(),
            AsanOptions("verify_asan_link_order=0")};
  }

  void Hang() {
    call_ = client_->StartCreate(MinimalCreate());
    ASSERT_TRUE(gateway_->WaitForEvent("loop_hangs"));
  }
  void GoOn() const {
    const std::ofstream writer(fifo_);
    std::filesystem::remove(fifo_);
  }

  const TemporaryFolder folder_{"hung"};
  std::filesystem::path fifo_;
  std::unique_ptr<GatewayClient::PendingCreate> call_;
};

TEST_F(HungProcess, IsSeenByEveryProbeUntilItGoesOn) {
  Start({}, PreloadedShim());
  Hang();
  for (const char* const service : {"", "modelgates.oauth.v1.OAuthService"}) {
    EXPECT_EQ(HealthOf(client_->channel(), service), HealthCheckResponse::NOT_SERVING);
  }
  EXPECT_EQ(HttpGet(gateway_->admin_address(), "/livez").status, 503);
  EXPECT_EQ(HttpGet(gateway_->admin_address(), "/readyz").status, 503);
  for (const char* const question : {"health", "live", "ready"}) {
    EXPECT_EQ(
        RunGateway({std::string("--probe=") + question, "--listen=" + gateway_->grpc_address(),
                    "--admin_listen=" + gateway_->admin_address()})
            .exit_status,
        1)
        << question;
  }
  EXPECT_EQ(HttpGet(gateway_->admin_address(), "/metrics").status, 200);

  GoOn();
  ASSERT_TRUE(gateway_->WaitForEvent("loop_turns"));
  EXPECT_EQ(HealthOf(client_->channel(), ""), HealthCheckResponse::SERVING);
  EXPECT_EQ(HttpGet(gateway_->admin_address(), "/livez").status, 200);
  EXPECT_THAT(call_->Wait(), Succeeds());
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(gateway_->Terminate(), 0);
}

TEST_F(HungProcess, EndsAtSigterm) {
  Start({"--drain_timeout=100ms"}, PreloadedShim());
  Hang();
  EXPECT_EQ(gateway_->Terminate(), 1);
  ASSERT_THAT(gateway_->Lines("stopped"), SizeIs(1));
  EXPECT_EQ(gateway_->Lines("stopped").front()["complete"], false);
}

}  // namespace
}  // namespace modelgates::gateway
