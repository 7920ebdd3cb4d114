#include <gmock/gmock.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/metric_value.h"
#include "support/typed_error.h"
#include "support/wait_until.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// Fewer than the calls need, as the usual 1,024 are for a gateway with many callers: it has to ask
// for more by itself.
constexpr rlim_t kFewDescriptors = 256;

// Of this process, and of those it starts from now on.
void AllowDescriptors(rlim_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(count, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

// A process of its own, so that its threads can be counted.
class Concurrency : public testing::Test {
 protected:
  static constexpr int kCalls = 1000;

  void Start(std::vector<std::string> flags = {}) {
    AnswerBoth(upstream_);
    flags.push_back("--upstream=" + upstream_.url() + "/api/v1");
    AllowDescriptors(kFewDescriptors);
    gateway_.emplace(flags);
    // The other end of each of the gateway's connections is ours.
    AllowDescriptors(RLIM_INFINITY);
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
    for (int i = 0; i < 4; ++i) {
      clients_.push_back(std::make_unique<GatewayClient>(gateway_->grpc_address()));
      ASSERT_THAT(clients_.back()->Create(MinimalCreate()), Succeeds());
    }
  }

  GatewayClient& ClientOf(int call) {
    return *clients_[static_cast<size_t>(call) % clients_.size()];
  }

  // Until all threads have it.
  bool WaitForPolicy(int policy) {
    return WaitUntil([&] { return gateway_->scheduling_policies() == std::set<int>{policy}; });
  }

  // No call, no exchange, no connection but idle ones.
  void ExpectNothingIsLeft() {
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), "oauth_gateway_calls_in_flight", 0));
    for (const char* state : {"reserved", "sending", "backoff"}) {
      const std::string series = "oauth_gateway_exchanges{state=\"" + std::string(state) + "\"}";
      EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), series, 0)) << series;
    }
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
  std::vector<std::unique_ptr<GatewayClient>> clients_;
};

// Given an upstream that takes its time, when a thousand calls wait at once, then all are answered
// by a number of threads that has nothing to do with the number of calls.
TEST_F(Concurrency, AThousandCallsWaitWithoutAThread) {
  // The program's own and gRPC's: one for each CPU, at least four, and a few more whenever a busy
  // machine holds those up, so that no exact number is promised.
  constexpr int kThreads = 64;
  static_assert(kThreads < kCalls / 10);
  Start();
  // Held back until all have arrived, which is more than the 50 ms that are asked for.
  for (const milliseconds delay : {milliseconds(50), milliseconds(1000)}) {
    upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(delay));
    const size_t before = upstream_.Requests().size();
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
    for (int i = 0; i < kCalls; ++i) calls.push_back(ClientOf(i).StartCreate(MinimalCreate()));
    EXPECT_TRUE(upstream_.WaitForRequests(before + kCalls));
    EXPECT_GT(gateway_->threads(), 0);
    EXPECT_LT(gateway_->threads(), kThreads) << delay.count() << " ms";
    for (const auto& call : calls) EXPECT_THAT(call->Wait(), Succeeds());
  }
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

// Given few calls, a thread that is woken does not wait for its turn; given many, it does; and
// again when they have ended (docs/adr/0007).
TEST_F(Concurrency, WorksInBatchesWhileItIsBusy) {
  Start();
  EXPECT_TRUE(WaitForPolicy(SCHED_OTHER));
  std::atomic<bool> busy = true;
  std::vector<std::thread> callers;
  for (const auto& client : clients_) {
    callers.emplace_back([&busy, &client] {
      while (busy) EXPECT_THAT(client->Create(MinimalCreate()), Succeeds());
    });
  }
  EXPECT_TRUE(WaitForPolicy(SCHED_BATCH));
  busy = false;
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(WaitForPolicy(SCHED_OTHER));
}

TEST_F(Concurrency, AHundredIdenticalExchangesAreOne) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(ClientOf(i).StartExchange(MinimalExchange("code")));
  for (const auto& call : calls) {
    const auto exchanged = call->Wait();
    ASSERT_THAT(exchanged, Succeeds());
    EXPECT_EQ(exchanged.reply.key(), "sk-user-1");
  }
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

// Twice as many calls at once as are admitted: those that are not are refused at once, each with
// its reason, the others are served, and nobody is forgotten.
TEST_F(Concurrency, RefusesWhatIsAboveItsBound) {
  Start();
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(1000)));
  std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
  for (int i = 0; i < 2 * kCalls; ++i) calls.push_back(ClientOf(i).StartCreate(MinimalCreate()));
  size_t answered = 0;
  for (const auto& call : calls) {
    const auto created = call->Wait();
    if (created.ok()) {
      ++answered;
      continue;
    }
    EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "GATEWAY_OVERLOADED"));
    EXPECT_EQ(created.Trailer("grpc-retry-pushback-ms"), "1000");
  }
  EXPECT_GE(answered, static_cast<size_t>(kCalls));
  EXPECT_EQ(upstream_.Requests().size(), clients_.size() + answered);
  ExpectNothingIsLeft();
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

TEST_F(Concurrency, CountsNothingOfWhatItRefused) {
  Start({"--max_concurrent_calls=10"});
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(100)));
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
    for (int i = 0; i < 100; ++i) calls.push_back(ClientOf(i).StartCreate(MinimalCreate()));
    int answered = 0;
    for (const auto& call : calls) answered += call->Wait().ok() ? 1 : 0;
    EXPECT_GE(answered, 10);
  }
  ExpectNothingIsLeft();
}

// A thousand callers that leave at all moments of their calls, over and over.
TEST_F(Concurrency, SurvivesAStormOfCancelledCalls) {
  Start({"--exchange_replay_ttl=0s"});
  std::mt19937 random(20230501);
  const milliseconds delays[] = {milliseconds(0), milliseconds(1), milliseconds(5)};
  for (const milliseconds delay : delays) {
    upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(delay));
    upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(delay));
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> creates;
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> exchanges;
    for (int i = 0; i < kCalls / 4; ++i) {
      creates.push_back(ClientOf(i).StartCreate(MinimalCreate()));
      exchanges.push_back(ClientOf(i).StartExchange(MinimalExchange(std::to_string(i % 10))));
      // Someone who came lately, perhaps just now, perhaps someone who has left already.
      const size_t leaves = static_cast<size_t>(i) - random() % (std::min(i, 40) + 1);
      creates[leaves]->Cancel();
      exchanges[leaves]->Cancel();
    }
    for (const auto& call : creates) {
      const grpc::StatusCode code = call->Wait().status.error_code();
      EXPECT_TRUE(code == grpc::OK || code == grpc::CANCELLED) << code;
    }
    for (const auto& call : exchanges) {
      const grpc::StatusCode code = call->Wait().status.error_code();
      EXPECT_TRUE(code == grpc::OK || code == grpc::CANCELLED) << code;
    }
  }
  EXPECT_THAT(ClientOf(0).Create(MinimalCreate()), Succeeds());
  ExpectNothingIsLeft();
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

}  // namespace
}  // namespace modelgates::gateway
