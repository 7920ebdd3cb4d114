#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

#include "integration/gateway_fixture.h"
#include "support/connect_from.h"
#include "support/generic_call.h"
#include "support/metric_value.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// A gateway whose callers, told apart by their addresses, have a share.
class CallerShareFlow : public GatewayTest {
 protected:
  ~CallerShareFlow() override { std::filesystem::remove(config_.callers_file); }

  // Members of the default.
  void Share(const std::string& members) {
    std::string path = testing::TempDir() + "shares_XXXXXX";
    close(mkstemp(path.data()));
    std::ofstream(path) << "{\"default\": {" << members
                        << R"(}, "callers": [{"id": "address:*", "methods": ["*"]}]})";
    config_.callers_file = path;
    config_.admin_listen = "127.0.0.1:0";
  }

  std::unique_ptr<GatewayClient> From(const std::string& source) {
    return std::make_unique<GatewayClient>(ConnectFrom(source, server().grpc_address()));
  }

  double Limited(const std::string& limit) {
    return MetricValue(server().admin_address(),
                       "oauth_gateway_caller_limited_total{limit=\"" + limit + "\"}")
        .value();
  }
};

TEST_F(CallerShareFlow, RefuseWhatIsAboveTheRateAndSayWhen) {
  Share(R"("rate": 2)");
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  auto refused = Exchange("code-2");
  // A burst may be whole again on a machine that takes a second for two calls.
  for (int i = 0; i < 1000 && refused.ok(); ++i) refused = Exchange("code-2");
  ASSERT_THAT(refused, FailsWith(grpc::RESOURCE_EXHAUSTED, "CALLER_LIMIT_EXCEEDED"));
  ExpectEnvelope(refused, "ExchangeAuthCode");
  const TypedError error = ErrorOf(refused);
  EXPECT_EQ(error.RetryMilliseconds(), 1000);
  EXPECT_EQ(error.Metadata("retryable"), "true");
  EXPECT_EQ(error.Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(refused.Trailer("grpc-retry-pushback-ms"), "1000");
  ASSERT_TRUE(error.quota_failure);
  EXPECT_EQ(error.quota_failure->violations(0).subject(), "caller");
  EXPECT_GE(Limited("rate"), 1);
  EXPECT_EQ(Limited("concurrent"), 0);

  ASSERT_TRUE(log_.WaitForLines("callers_limited", 1));
  const auto line = log_.Lines("callers_limited")[0];
  EXPECT_EQ(line["caller"], "address:127.0.0.1");
  EXPECT_GE(line["refused_of_caller"], 1);
  EXPECT_EQ(line["refused_in_all"], line["refused_of_caller"]);
}

TEST_F(CallerShareFlow, BoundCallsAtOnceUntilTheirStatus) {
  Share(R"("concurrent": 2)");
  upstream_.Enqueue(Answer::Hang());
  upstream_.Enqueue(Answer::Hang());
  const auto first = client().StartCreate(MinimalCreate());
  const auto second = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  EXPECT_THAT(Create(), FailsWith(grpc::RESOURCE_EXHAUSTED, "CALLER_LIMIT_EXCEEDED"));
  EXPECT_EQ(Limited("concurrent"), 1);
  EXPECT_THAT(From("127.0.0.2")->Create(MinimalCreate()), Succeeds());
  first->Cancel();
  EXPECT_TRUE(first->Wait().status.error_code() == grpc::StatusCode::CANCELLED);
  // The caller knows of its end before the gateway does.
  auto next = Create();
  while (ErrorOf(next).info.reason() == "CALLER_LIMIT_EXCEEDED") next = Create();
  EXPECT_THAT(next, Succeeds());
}

// A refusal of another kind gives the place back too.
TEST_F(CallerShareFlow, KeepNoPlaceForACallThatEndsAtOnce) {
  Share(R"("concurrent": 1)");
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(client().Create({}), FailsWith(grpc::INVALID_ARGUMENT, "FIELD_REQUIRED"));
    EXPECT_EQ(client().SendRaw("CreateAuthCode", "\xff").status.error_code(),
              grpc::INVALID_ARGUMENT);
  }
  EXPECT_THAT(Create(), Succeeds());
}

TEST_F(CallerShareFlow, AreNotTakenByHealth) {
  Share(R"("rate": 1, "concurrent": 1)");
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(CallMethod(client().channel(), "/grpc.health.v1.Health/Check"), Succeeds());
  }
  EXPECT_THAT(Create(), Succeeds());
}

// Given ten callers within their share, when another one offers a hundred times its own, then all
// calls of the ten succeed. Without shares it would fill the gateway, which admits 40 calls.
TEST_F(CallerShareFlow, LetOneCallerTakeNothingFromTheOthers) {
  constexpr int kShare = 20;
  constexpr int kGoodCallers = 10;
  constexpr int kGoodCalls = kShare;
  constexpr int kBadCalls = 100 * kShare;
  Share(R"("rate": 20, "concurrent": 3)");
  config_.max_concurrent_calls = 40;
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(5)));
  const auto bad = From("127.0.9.9");
  std::vector<std::unique_ptr<GatewayClient>> good;
  for (int i = 0; i < kGoodCallers; ++i) good.push_back(From("127.0.1." + std::to_string(i + 1)));

  std::atomic<bool> good_are_done{false};
  std::atomic<int> refused{0};
  std::thread noise([&] {
    // In bunches of all that one connection carries at once, for as long as the others call.
    for (int sent = 0; sent < kBadCalls || !good_are_done;) {
      std::deque<std::unique_ptr<GatewayClient::PendingCreate>> calls;
      for (int i = 0; i < 80; ++i, ++sent) calls.push_back(bad->StartCreate(MinimalCreate()));
      for (const auto& call : calls) {
        const auto end = call->Wait();
        if (end.ok()) continue;
        EXPECT_THAT(end, FailsWith(grpc::RESOURCE_EXHAUSTED, "CALLER_LIMIT_EXCEEDED"));
        ++refused;
      }
    }
  });
  std::vector<std::thread> threads;
  for (const auto& caller : good) {
    threads.emplace_back([&caller] {
      for (int i = 0; i < kGoodCalls; ++i) EXPECT_THAT(caller->Create(MinimalCreate()), Succeeds());
    });
  }
  for (std::thread& thread : threads) thread.join();
  good_are_done = true;
  noise.join();
  EXPECT_GT(refused, 0);
}

// Given a caller whose results fill its share of what is remembered (docs/adr/0035), then those of
// another are remembered all the same: its repeat sends nothing.
TEST_F(CallerShareFlow, NobodyFillsWhatIsRememberedAlone) {
  constexpr int kShare = 8000;
  constexpr int kAtOnce = 100;
  Share("");
  // Spent without a key: that is kept for the longest.
  upstream_.SetDefault(kExchangePath, Answer::Json(200, "{}"));
  const auto greedy = From("127.0.0.1");
  for (int sent = 0; sent < kShare + kAtOnce; sent += kAtOnce) {
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
    for (int i = 0; i < kAtOnce; ++i) {
      calls.push_back(greedy->StartExchange(MinimalExchange("greedy-" + std::to_string(sent + i))));
    }
    for (const auto& call : calls) EXPECT_FALSE(call->Wait().ok());
  }
  EXPECT_EQ(MetricValue(server().admin_address(), "oauth_gateway_exchange_memory_full_total"),
            kAtOnce);
  const auto other = From("127.0.0.2");
  EXPECT_FALSE(other->Exchange(MinimalExchange("other")).ok());
  EXPECT_FALSE(other->Exchange(MinimalExchange("other")).ok());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), kShare + kAtOnce + 1u);
}

}  // namespace
}  // namespace modelgates::gateway
