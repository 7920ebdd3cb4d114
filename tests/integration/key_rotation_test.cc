
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "integration/gateway_fixture.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// The service's key changes while calls run. Given an upstream that refuses every key but those it
// was told of, when the file holds the new key, then no call fails for the old one.
class KeyRotation : public GatewayTest {
 protected:
  KeyRotation() {
    config_.api_key_file = folder_ / "key";
    config_.api_key = Secret(std::string("sk-1"));
    WriteKey("sk-1");
    Accept({"sk-1"});
  }

  // Replaces the file in one step, as secret mounts do.
  void WriteKey(const std::string& key) {
    std::ofstream(folder_ / "fresh") << key << "\n";
    std::filesystem::rename(folder_ / "fresh", folder_ / "key");
  }

  // All other keys are refused, each after this time.
  void Accept(std::set<std::string> keys, milliseconds refused_after = {}) {
    upstream_.SetRule([keys, refused_after](const ReceivedRequest& request) {
      const std::string authorization = request.Header("authorization").value_or("");
      std::optional<Answer> refusal;
      if (!keys.contains(authorization.substr(authorization.find(' ') + 1))) {
        refusal = Answer::Json(401, ErrorBody(401, "no such key")).Delayed(refused_after);
      }
      return refusal;
    });
  }

  size_t Sent(const std::string& key) {
    size_t count = 0;
    for (const ReceivedRequest& request : upstream_.Requests()) {
      count += request.Header("authorization") == "Bearer " + key ? 1 : 0;
    }
    return count;
  }

  const TemporaryFolder folder_{"rotation"};
};

// Two calls are refused, of which only one finds the file changed.
TEST_F(KeyRotation, SendsEveryRefusedCreateAgain) {
  ASSERT_THAT(Create(), Succeeds());  // the file was looked at just now
  Accept({"sk-2"}, milliseconds(1000));
  std::deque<std::unique_ptr<GatewayClient::PendingCreate>> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(client().StartCreate(MinimalCreate()));
  ASSERT_TRUE(upstream_.WaitForRequests(1 + calls.size()));
  WriteKey("sk-2");
  for (const auto& call : calls) EXPECT_THAT(call->Wait(), Succeeds());
  EXPECT_EQ(Sent("sk-1"), 6u);
  EXPECT_EQ(Sent("sk-2"), 5u);
  EXPECT_EQ(log_.Lines("reloaded").size(), 1u);
}

// Those that joined one another are sent again as one: nobody is told that the code was rejected.
TEST_F(KeyRotation, SendsEveryRefusedExchangeAgainAndJoinedOnesAsOne) {
  ASSERT_THAT(Create(), Succeeds());
  Accept({"sk-2"}, milliseconds(1000));
  std::deque<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  for (const char* auth_code : {"code-1", "code-1", "code-1", "code-2", "code-3"}) {
    calls.push_back(client().StartExchange(MinimalExchange(auth_code)));
  }
  ASSERT_TRUE(upstream_.WaitForRequests(1 + 3));
  WriteKey("sk-2");
  for (const auto& call : calls) {
    const auto exchanged = call->Wait();
    ASSERT_THAT(exchanged, Succeeds());
    EXPECT_EQ(exchanged.reply.key(), "sk-user-1");
  }
  EXPECT_EQ(Sent("sk-2"), 3u);
}

// A repeat after a rotation is the same exchange: its code is not sent twice.
TEST_F(KeyRotation, KeepsAnExchangeForItsRepeats) {
  Accept({"sk-1", "sk-2"});
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  WriteKey("sk-2");
  ASSERT_TRUE(log_.WaitForLines("reloaded", 1));
  const auto repeated = Exchange("code-1");
  ASSERT_THAT(repeated, Succeeds());
  EXPECT_EQ(repeated.Trailer("x-modelgates-replayed"), "true");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1U);
}

// A call may join an exchange that was sent with an older key than its own.
TEST_F(KeyRotation, SendsAnExchangeAgainForThoseWhoJoinedWithTheNewKey) {
  ASSERT_THAT(Create(), Succeeds());
  Accept({"sk-2"}, milliseconds(2000));
  const auto first = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  WriteKey("sk-2");
  ASSERT_TRUE(log_.WaitForLines("reloaded", 1));
  const auto joined = client().StartExchange(MinimalExchange("code-1"));
  EXPECT_THAT(joined->Wait(), Succeeds());
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_EQ(Sent("sk-2"), 1u);
}

// Nobody is told for a while that a code was rejected, when it was the key.
TEST_F(KeyRotation, ForgetsARefusalOfTheKey) {
  Accept({"sk-2"});
  ASSERT_THAT(Exchange("code-1"), FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  Accept({"sk-1"});
  EXPECT_THAT(Exchange("code-1"), Succeeds());
}

TEST_F(KeyRotation, SendsAgainWithTheGatewaysKeyInEither) {
  config_.credential_mode = CredentialMode::kEither;
  ASSERT_THAT(Create(), Succeeds());
  Accept({"sk-2"}, milliseconds(1000));
  auto own = client().StartCreate(MinimalCreate());
  auto callers =
      client().StartCreate(MinimalCreate(), {.metadata = {{"authorization", "Bearer sk-caller"}}});
  ASSERT_TRUE(upstream_.WaitForRequests(3));
  WriteKey("sk-2");
  EXPECT_THAT(own->Wait(), Succeeds());
  EXPECT_THAT(callers->Wait(), FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_EQ(Sent("sk-caller"), 1u);
}

// Under load: calls begin 500 times a second, whether or not those before have ended. The new key
// is good from before the file has it, the old one is refused right after.
TEST_F(KeyRotation, FailsNoCallUnderLoad) {
  constexpr size_t kPairs = 500;
  constexpr milliseconds kBetweenPairs{4};
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(20)));
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(20)));
  std::deque<std::unique_ptr<GatewayClient::PendingCreate>> creates;
  std::deque<std::unique_ptr<GatewayClient::PendingExchange>> exchanges;
  ASSERT_THAT(Create(), Succeeds());
  auto next = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kPairs; ++i) {
    std::this_thread::sleep_until(next);
    next += kBetweenPairs;
    creates.push_back(client().StartCreate(MinimalCreate()));
    exchanges.push_back(client().StartExchange(MinimalExchange("code-" + std::to_string(i))));
    if (i != kPairs / 2) continue;
    Accept({"sk-1", "sk-2"});
    WriteKey("sk-2");
    Accept({"sk-2"}, milliseconds(20));
  }
  for (const auto& call : creates) ASSERT_THAT(call->Wait(), Succeeds());
  for (const auto& call : exchanges) ASSERT_THAT(call->Wait(), Succeeds());
  EXPECT_EQ(log_.Lines("reloaded").size(), 1u);
  const size_t refused = Sent("sk-1") + Sent("sk-2") - 2 * kPairs - 1;
  EXPECT_GE(refused, 1u);
  EXPECT_GE(Sent("sk-2"), kPairs / 2);
  RecordProperty("refused_and_sent_again", static_cast<int>(refused));
}

}  // namespace
}  // namespace modelgates::gateway
