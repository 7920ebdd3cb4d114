#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <signal.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "integration/call_messages.h"
#include "modelgates/oauth/v1/oauth.grpc.pb.h"
#include "support/fake_upstream.h"
#include "support/gateway_process.h"

namespace modelgates::gateway {
namespace {

using oauth::v1::OAuthService;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Two gateways behind one name, as two Pods; each can be replaced where it is.
class Rollout : public testing::Test {
 protected:
  Rollout() {
    AnswerBoth(upstream_);
    upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(100)));
    for (auto& gateway : gateways_) Start(gateway, "127.0.0.1:0");
  }

  void Start(std::optional<GatewayProcess>& gateway, const std::string& listen) {
    gateway.emplace(std::vector<std::string>{"--upstream=" + upstream_.url() + "/api/v1",
                                             "--listen=" + listen, "--drain_delay=100ms",
                                             "--max_connection_age=500ms"});
    ASSERT_TRUE(gateway->WaitUntilListening()) << gateway->err();
  }

  // SIGTERM, and when it has ended, a new one.
  void Replace(std::optional<GatewayProcess>& gateway) {
    const std::string listen = gateway->grpc_address();
    EXPECT_EQ(gateway->Terminate(), 0) << gateway->err();
    Start(gateway, listen);
  }

  // As a rollout waits until a Pod is found before the next one goes. gRPC tries an address that
  // refused it again after a second or more.
  static void WaitUntilCalledBy(size_t callers, const GatewayProcess& gateway) {
    std::set<std::string> found;
    const auto end = steady_clock::now() + std::chrono::seconds(60);
    while (found.size() < callers && steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(20));
      for (const auto& line : gateway.Lines("call")) found.insert(line["request_id"]);
    }
    EXPECT_EQ(found.size(), callers);
  }

  // An ordinary client: round_robin, and otherwise as gRPC comes.
  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetLoadBalancingPolicyName("round_robin");
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(
        "ipv4:" + gateways_[0]->grpc_address() + "," + gateways_[1]->grpc_address(),
        grpc::InsecureChannelCredentials(), arguments);
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateways_[2];
};

// Given 200 calls a second, when both gateways are replaced one after the other, twice, then
// no call fails, and every code was sent once.
TEST_F(Rollout, LosesNoCallAndSendsNoCodeTwice) {
  constexpr int kCallers = 20;
  std::atomic<bool> over = false;
  std::atomic<size_t> answered = 0;
  std::mutex mutex;
  std::vector<std::string> failures;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      const auto stub = OAuthService::NewStub(Channel());
      auto next = steady_clock::now();
      for (int i = 0; !over; ++i) {
        // Ten calls a second each, whatever the answers take.
        next += milliseconds(100);
        std::this_thread::sleep_until(next);
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
        context.AddMetadata("x-request-id", "caller-" + std::to_string(caller));
        oauth::v1::ExchangeAuthCodeResponse reply;
        const grpc::Status status = stub->ExchangeAuthCode(
            &context, MinimalExchange("code-" + std::to_string(caller) + "-" + std::to_string(i)),
            &reply);
        if (status.ok()) {
          ++answered;
          continue;
        }
        const std::lock_guard lock(mutex);
        failures.push_back(std::to_string(status.error_code()) + " " + status.error_message());
      }
    });
  }
  EXPECT_TRUE(upstream_.WaitForRequests(100));
  for (int round = 0; round < 2; ++round) {
    for (auto& gateway : gateways_) {
      Replace(gateway);
      WaitUntilCalledBy(kCallers, *gateway);
    }
  }
  over = true;
  for (std::thread& caller : callers) caller.join();

  EXPECT_THAT(failures, testing::IsEmpty());
  EXPECT_GT(answered, 300u);
  EXPECT_EQ(upstream_.Requests().size(), answered);
}

}  // namespace
}  // namespace modelgates::gateway
