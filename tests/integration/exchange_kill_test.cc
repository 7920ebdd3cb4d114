#include <gmock/gmock.h>
#include <sys/resource.h>

#include <functional>
#include <optional>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/metric_value.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

// Programs that start under it cannot write a byte to any file: they would be killed for it. Pipes,
// such as their output, are no files.
class NoFileCanBeWritten {
 public:
  NoFileCanBeWritten() {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoFileCanBeWritten() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

struct KilledIn {
  const char* state;  // as the metric names it
  std::function<void(FakeUpstream&)> lead_there{};
  std::vector<std::string> flags{};
  const char* scheme = "http";
};

class ExchangeKilled : public testing::TestWithParam<KilledIn> {
 protected:
  void Start(const std::string& scheme) {
    std::vector<std::string> flags = {
        "--upstream=" + scheme + "://127.0.0.1:" + std::to_string(upstream_.port()) + "/api/v1",
        "--admin_listen=127.0.0.1:0"};
    flags.insert(flags.end(), GetParam().flags.begin(), GetParam().flags.end());
    const NoFileCanBeWritten limit;
    gateway_.emplace(flags);
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
};

// Given an exchange in any state, when its gateway is killed, then nothing was written to a disk,
// and the gateway that is started again sends no code by itself.
TEST_P(ExchangeKilled, LeavesNothingOnDiskAndNothingToBeSent) {
  GetParam().lead_there(upstream_);
  Start(GetParam().scheme);
  {
    GatewayClient client(gateway_->grpc_address());
    const auto exchange = client.StartExchange(MinimalExchange("code-1"));
    const std::string series =
        "oauth_gateway_exchanges{state=\"" + std::string(GetParam().state) + "\"}";
    ASSERT_TRUE(WaitForMetric(gateway_->admin_address(), series, 1)) << gateway_->err();
    gateway_->Signal(SIGKILL);
    EXPECT_EQ(gateway_->WaitForExit(), -SIGKILL);
  }
  const size_t sent = upstream_.CountRequests(kExchangePath);

  AnswerBoth(upstream_);
  Start("http");
  GatewayClient client(gateway_->grpc_address());
  EXPECT_THAT(client.Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), sent);
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

Answer TryLater() { return Answer::Json(429, ErrorBody(429, "slow down"), {{"Retry-After", "9"}}); }

INSTANTIATE_TEST_SUITE_P(
    States, ExchangeKilled,
    testing::Values(
        KilledIn{"reserved",
                 [](FakeUpstream& upstream) { upstream.EnqueueConnection(OnAccept::kIgnore); },
                 {},
                 "https"},
        KilledIn{
            "sending",
            [](FakeUpstream& upstream) { upstream.SetDefault(kExchangePath, Answer::Hang()); }},
        KilledIn{"backoff",
                 [](FakeUpstream& upstream) { upstream.SetDefault(kExchangePath, TryLater()); }},
        KilledIn{"recovering",
                 [](FakeUpstream& upstream) {
                   upstream.Enqueue(kExchangePath, Answer().ThenReset());
                   upstream.SetDefault(kExchangePath, Answer::Hang());
                 }},
        KilledIn{"done", [](FakeUpstream& upstream) { AnswerBoth(upstream); }},
        KilledIn{"spent",
                 [](FakeUpstream& upstream) {
                   upstream.SetDefault(kExchangePath, Answer::Json(200, "{"));
                 }},
        KilledIn{"rejected",
                 [](FakeUpstream& upstream) {
                   upstream.SetDefault(kExchangePath, Answer::Json(403, ErrorBody(403, "no")));
                 }},
        KilledIn{"unknown",
                 [](FakeUpstream& upstream) {
                   upstream.SetDefault(kExchangePath, Answer().ThenReset());
                 },
                 {"--exchange_recovery=never"}}),
    [](const auto& test) { return std::string(test.param.state); });

}  // namespace
}  // namespace modelgates::gateway
