#include <gmock/gmock.h>

#include "integration/two_gateways.h"
#include "support/metric_value.h"
#include "support/redis_process.h"
#include "support/subprocess.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two real gateways, a real store, one upstream.
class SharedStore : public TwoGateways {
 protected:
  void Start(const std::vector<std::string>& more = {}) { StartBoth(redis_.url(), more); }

  static int CountOf(std::string_view text, std::string_view in) {
    int count = 0;
    for (size_t at = in.find(text); at != in.npos; at = in.find(text, at + 1)) ++count;
    return count;
  }

  static double StoreFailures(const GatewayProcess& gateway) {
    return MetricValue(gateway.admin_address(), "oauth_gateway_exchange_store_unavailable_total")
        .value_or(-1);
  }

  RedisProcess redis_;
};

TEST_F(SharedStore, ARepeatAtAnotherGatewayGetsTheKey) {
  Start();
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  const auto repeat = second_client_->Exchange(MinimalExchange("code-1"));
  ASSERT_THAT(repeat, Succeeds());
  EXPECT_EQ(repeat.reply.key(), "sk-user-1");
  EXPECT_EQ(repeat.Trailer("x-modelgates-replayed"), "true");
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
  EXPECT_EQ(second_->Terminate(), 0) << second_->err();
  EXPECT_THAT(second_->Lines("exchange_replayed"), SizeIs(1));
}

TEST_F(SharedStore, ARepeatTooMuchIsRefusedByAllGateways) {
  Start();
  for (int i = 0; i < 6; ++i) {
    ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  }
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(second_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  }
  for (auto* client : {&*first_client_, &*second_client_}) {
    EXPECT_THAT(client->Exchange(MinimalExchange("code-1")),
                FailsWith(grpc::FAILED_PRECONDITION, "EXCHANGE_ALREADY_COMPLETED"));
  }
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

// Whoever does not bring the same verifier has an exchange of its own: the upstream judges.
TEST_F(SharedStore, AnotherVerifierIsGivenNothing) {
  Start();
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  upstream_.SetDefault(kExchangePath, Answer::Json(403, ErrorBody(403, "used")));
  auto other = MinimalExchange("code-1");
  other.set_code_verifier(std::string(43, 'x'));
  const auto refused = second_client_->Exchange(other);
  EXPECT_EQ(ErrorOf(refused).info.reason(), "FORBIDDEN");
  EXPECT_THAT(second_client_->Exchange(MinimalExchange("code-1")), Succeeds());
}

TEST_F(SharedStore, IdenticalCallsAtOnceAreOneRequest) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(first_client_->StartExchange(MinimalExchange("code-1")));
    calls.push_back(second_client_->StartExchange(MinimalExchange("code-1")));
  }
  for (const auto& call : calls) {
    const auto exchanged = call->Wait();
    ASSERT_THAT(exchanged, Succeeds());
    EXPECT_EQ(exchanged.reply.key(), "sk-user-1");
  }
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

// Given a gateway that is killed while the upstream has the code, when the call is repeated at
// another one, then it says that nobody knows, and sends nothing.
TEST_F(SharedStore, AGatewayThatIsKilledLeavesAnUnknownOutcome) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  auto lost = first_client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  first_->Signal(SIGKILL);
  EXPECT_FALSE(lost->Wait().ok());

  const auto repeat = second_client_->Exchange(MinimalExchange("code-1"));
  EXPECT_EQ(repeat.status.error_code(), grpc::ABORTED);
  EXPECT_EQ(ErrorOf(repeat).info.reason(), "EXCHANGE_OUTCOME_UNKNOWN");
  EXPECT_EQ(ErrorOf(repeat).Metadata("authCodeState"), "UNKNOWN");
  EXPECT_EQ(ErrorOf(repeat).Metadata("attempts"), "0");
  EXPECT_EQ(ErrorOf(repeat).Metadata("retryable"), "false");
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

// Whoever reads the store learns nothing of it.
TEST_F(SharedStore, HoldsNoSecret) {
  Start();
  upstream_.Enqueue(kExchangePath, Answer::Json(403, ErrorBody(403, "no such code: code-secret")));
  EXPECT_FALSE(first_client_->Exchange(MinimalExchange("code-secret")).ok());
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  constexpr char kEverything[] =
      "local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key "
      "local type = redis.call('TYPE', key).ok "
      "local fields = type == 'hash' and redis.call('HGETALL', key) or {redis.call('GET', key)} "
      "for _, field in ipairs(fields) do all[#all + 1] = field end end "
      "return table.concat(all, ' ')";
  std::string everything;
  // What came of an exchange is told behind its caller's back.
  for (int tries = 0; tries < 100 && CountOf("finished", everything) < 2; ++tries) {
    Subprocess cli(
        {FindTool("redis-cli"), "-p", std::to_string(redis_.port()), "EVAL", kEverything, "0"});
    ASSERT_EQ(cli.WaitForExit(), 0) << cli.err();
    everything = cli.out();
  }
  EXPECT_EQ(CountOf("finished", everything), 2) << everything;
  for (const char* secret : {"code-1", "code-secret", kVerifier, "sk-user-1", "user_id", kPepper,
                             "no such code", kApiKey}) {
    EXPECT_EQ(CountOf(secret, everything), 0) << secret;
  }
}

TEST_F(SharedStore, ThatIsKilledWhileTheUpstreamHasTheCodeCostsNobodyTheKey) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(seconds(1)));
  auto here = first_client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  redis_.Kill();
  EXPECT_THAT(here->Wait(), Succeeds());
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

// While the gateway that has it is alive, a caller that cannot wait is told to come back.
TEST_F(SharedStore, AnotherGatewaysExchangeIsInProgress) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(seconds(2)));
  auto first = first_client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  const auto hasty =
      second_client_->Exchange(MinimalExchange("code-1"), {.deadline = milliseconds(700)});
  EXPECT_EQ(ErrorOf(hasty).info.reason(), "EXCHANGE_IN_PROGRESS");
  EXPECT_EQ(ErrorOf(hasty).Metadata("authCodeState"), "IN_FLIGHT");
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_THAT(second_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

TEST_F(SharedStore, ADrainedGatewayTellsTheOthersWhatCameOfIt) {
  Start();
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(500)));
  auto call = first_client_->StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  call->Cancel();
  EXPECT_EQ(first_->Terminate(), 0) << first_->err();
  const auto repeat = second_client_->Exchange(MinimalExchange("code-1"));
  ASSERT_THAT(repeat, Succeeds());
  EXPECT_EQ(repeat.reply.key(), "sk-user-1");
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

TEST_F(SharedStore, WithoutItEachGatewayServesAlone) {
  Start();
  redis_.Kill();
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
  EXPECT_GT(StoreFailures(*first_), 0);
  EXPECT_EQ(first_->Terminate(), 0) << first_->err();
  EXPECT_EQ(first_->Lines("call").front()["degraded"], true);
  EXPECT_THAT(first_->Lines("redis_down"), SizeIs(1));
}

TEST_F(SharedStore, WithoutItNothingIsSentWhereThatIsAsked) {
  Start({"--exchange_store_fail_closed"});
  redis_.Kill();
  const auto refused = first_client_->Exchange(MinimalExchange("code-1"));
  EXPECT_EQ(refused.status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(ErrorOf(refused).info.reason(), "EXCHANGE_STORE_UNAVAILABLE");
  EXPECT_EQ(ErrorOf(refused).Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(ErrorOf(refused).Metadata("retryable"), "true");
  EXPECT_THAT(upstream_.Requests(), IsEmpty());

  redis_.StartAgain();
  ASSERT_TRUE(first_->WaitForEvent("redis_up"));
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
}

TEST_F(SharedStore, ThatIsSlowHoldsUpNobodyForLong) {
  Start();
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  redis_.Pause();
  const CallSettings patience{.deadline = seconds(3)};
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-2"), patience), Succeeds());
  EXPECT_THAT(first_client_->Create(MinimalCreate(), patience), Succeeds());
  redis_.Continue();
  EXPECT_GT(StoreFailures(*first_), 0);
}

TEST_F(SharedStore, ThatLostItsKeysLeavesTheMemoryOfTheGateway) {
  Start();
  ASSERT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  redis_.Kill();
  redis_.StartAgain();
  EXPECT_THAT(first_client_->Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(upstream_.Requests(), SizeIs(1));
}

}  // namespace
}  // namespace modelgates::gateway
