#include <gmock/gmock.h>

#include <atomic>
#include <list>
#include <thread>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/http_get.h"
#include "support/measured_memory.h"
#include "support/metric_value.h"
#include "support/raw_http2.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMegabyte = 1 << 20;
constexpr size_t kGrowth = 32 * kMegabyte * kSanitizerFactor;

// Calls as fast as they can be sent, from many connections, each with many of them at once.
class CallFlood {
 public:
  CallFlood(const std::string& address, std::vector<std::string> methods, std::string message)
      : methods_(std::move(methods)), message_(std::move(message)) {
    for (int t = 0; t < kThreads; ++t) {
      threads_.emplace_back([this, address] { Run(address); });
    }
  }
  CallFlood(const CallFlood&) = delete;
  CallFlood& operator=(const CallFlood&) = delete;
  ~CallFlood() { Stop(); }

  void Stop() {
    enough_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // All rounds are over, though nobody stopped it.
  bool ended() const { return ended_ == kThreads; }
  int calls() const { return calls_; }

 private:
  static constexpr int kThreads = 2;
  static constexpr int kConnections = 15;  // of a thread
  static constexpr int kAtOnce = 100;      // of a connection
  static constexpr int kMinRounds = 5;
  static constexpr int kMaxRounds = 60;

  void Run(const std::string& address) {
    std::list<RawHttp2> connections;
    for (int i = 0; i < kConnections; ++i) connections.emplace_back(address);
    for (int round = 0; round < kMaxRounds && (round < kMinRounds || !enough_); ++round) {
      for (RawHttp2& connection : connections) {
        std::string frames;
        for (int i = 0; i < kAtOnce; ++i) {
          const auto method = static_cast<size_t>(i) % methods_.size();
          frames += connection.Call(methods_[method], message_);
        }
        ASSERT_TRUE(connection.Send(frames));
      }
      for (RawHttp2& connection : connections) {
        ASSERT_EQ(connection.WaitForEnds(kAtOnce), kAtOnce);
        calls_ += kAtOnce;
      }
    }
    ++ended_;
  }

  const std::vector<std::string> methods_;
  const std::string message_;
  std::atomic<bool> enough_{false};
  std::atomic<int> ended_{0};
  std::atomic<int> calls_{0};
  std::vector<std::thread> threads_;
};

struct OverloadCase {
  const char* name;
  int max_calls;
  std::vector<std::string> methods;
  std::string message;
};

void PrintTo(const OverloadCase& row, std::ostream* out) { *out << row.name; }

class Overload : public testing::TestWithParam<OverloadCase> {};

// Given far more calls than the gateway can serve, or refuses, when they keep coming, then a call
// that was admitted before is answered, the gateway says that it lives, and its memory grows by
// what it admits.
TEST_P(Overload, StarvesNobodyWhoWasAdmitted) {
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1", "--attempt_timeout=60s",
                          "--max_concurrent_calls=" + std::to_string(GetParam().max_calls)},
                         MeasuredEnvironment());
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  GatewayClient client(gateway.grpc_address());
  ASSERT_THAT(client.Exchange(MinimalExchange("code-0")), Succeeds());
  const size_t before = gateway.peak_memory_bytes();

  upstream.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(300)));
  const auto admitted = client.StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream.WaitForRequests(2));
  CallFlood flood(gateway.grpc_address(), GetParam().methods, GetParam().message);
  EXPECT_THAT(admitted->Wait(), Succeeds());
  EXPECT_EQ(HttpGet(gateway.admin_address(), "/livez").status, 200);
  EXPECT_FALSE(flood.ended());
  flood.Stop();

  EXPECT_GT(flood.calls(), 10'000);
  EXPECT_LT(gateway.peak_memory_bytes(), before + kGrowth);
  EXPECT_TRUE(WaitForMetric(gateway.admin_address(), "oauth_gateway_calls_in_flight", 0));
  EXPECT_THAT(client.Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(gateway.Terminate(), 0) << gateway.err();
}

INSTANTIATE_TEST_SUITE_P(
    , Overload,
    testing::Values(
        OverloadCase{"ByCallsThatAreRefused", 1, {"CreateAuthCode", "ExchangeAuthCode"}, ""},
        OverloadCase{"ByInvalidCalls", 200, {"CreateAuthCode", "ExchangeAuthCode"}, ""},
        OverloadCase{"ByValidCalls", 100, {"CreateAuthCode"}, MinimalCreate().SerializeAsString()}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
