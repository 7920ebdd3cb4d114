#include "integration/tls_fixture.h"
#include "support/mounted_secret.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kReloads[] = "oauth_gateway_reloads_total{file=\"caller_keys_dir\",result=\"ok\"}";

// Alice has a key of her own, bob has none: his calls are sent with the gateway's.
class CallerKeysFlow : public TlsGateway {
 protected:
  void StartWithKeys(const MountedSecret::Files& keys) {
    keys_.Mount(keys);
    Start(Mutual::kYes,
          {"--api_key_file=" + own_ / "key", "--callers_file=" + rules_ / "callers.json",
           "--caller_keys_dir=" + keys_.folder()});
  }
  TestIdentity Bob() const { return clients_.Issue({.names = {"DNS:bob.example"}}); }

  // Those that the upstream received.
  std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    for (const ReceivedRequest& request : upstream_.Requests()) {
      keys.push_back(request.Header("authorization").value_or("none"));
    }
    return keys;
  }
  // Others are refused, after this time.
  void Accept(const std::string& key, std::chrono::milliseconds refused_after) {
    upstream_.SetRule([key, refused_after](const ReceivedRequest& request) {
      std::optional<Answer> refusal;
      if (request.Header("authorization") != "Bearer " + key) {
        refusal = Answer::Json(401, ErrorBody(401, "no such key")).Delayed(refused_after);
      }
      return refusal;
    });
  }

  MountedSecret own_{{{"key", "sk-own"}}};
  MountedSecret rules_{{{"callers.json", R"({"callers": [
      {"id": "spiffe://prod.example/alice", "methods": ["*"], "key_file": "alice"},
      {"id": "dns:bob.example", "methods": ["*"]}]})"}}};
  MountedSecret keys_;
};

TEST_F(CallerKeysFlow, SendsTheKeyOfTheCallersRuleAndNobodyElses) {
  StartWithKeys({{"alice", "sk-alice\n"}, {"bob", "sk-bob\n"}});
  const CallSettings bearer = {.metadata = {{"authorization", "Bearer sk-sent"}}};
  GatewayClient alice = Client(Alice());
  EXPECT_THAT(alice.Create(MinimalCreate(), bearer), Succeeds());
  EXPECT_THAT(alice.Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(Client(Bob()).Create(MinimalCreate(), bearer), Succeeds());
  EXPECT_THAT(Keys(), ElementsAre("Bearer sk-alice", "Bearer sk-alice", "Bearer sk-own"));
}

TEST_F(CallerKeysFlow, RefusesACallerWhoseFileHasNoKeyAndSendsNothing) {
  StartWithKeys({{"alice", "\n"}});
  GatewayClient alice = Client(Alice());
  const auto created = alice.Create(MinimalCreate());
  ASSERT_THAT(created, FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  EXPECT_THAT(created.status.error_message(), HasSubstr("no usable API key for this caller"));
  EXPECT_THAT(alice.Exchange(MinimalExchange("code-1")),
              FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  ASSERT_TRUE(gateway_->WaitForLines("call", 2));
  EXPECT_EQ(gateway_->Lines("call").back()["severity"], "WARNING");
  EXPECT_EQ(gateway_->Lines("call").back()["caller"], "spiffe://prod.example/alice");
  EXPECT_EQ(upstream_.connections(), 0);
  const auto failed = gateway_->Lines("reload_failed");
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0]["setting"], "caller_keys_dir");
  EXPECT_EQ(failed[0]["error"],
            "alice must hold a key, the file is empty; calls of its callers are refused");
  EXPECT_THAT(Client(Bob()).Create(MinimalCreate()), Succeeds());

  keys_.Mount({{"alice", "sk-alice"}});
  ASSERT_TRUE(WaitForMetric(kReloads, 1));
  EXPECT_THAT(alice.Create(MinimalCreate()), Succeeds());
  EXPECT_THAT(Keys(), ElementsAre("Bearer sk-own", "Bearer sk-alice"));
}

// Given rules that change together with the keys that they name, then no call meets one without
// the other.
TEST_F(CallerKeysFlow, HasTheKeysOfNewRulesFromTheirFirstCallOn) {
  StartWithKeys({{"alice", "sk-alice"}});
  GatewayClient bob = Client(Bob());
  EXPECT_THAT(bob.Create(MinimalCreate()), Succeeds());
  keys_.Mount({{"alice", "sk-alice"}, {"bob", "sk-bob"}});
  rules_.Mount(
      {{"callers.json", R"({"callers": [{"id": "dns:*", "methods": ["*"], "key_file": "bob"}]})"}});
  while (Keys().back() == "Bearer sk-own") ASSERT_THAT(bob.Create(MinimalCreate()), Succeeds());
  EXPECT_EQ(Keys().back(), "Bearer sk-bob");
}

// Given an exchange under way, when the caller's key is replaced, then a repeat is the same
// exchange: the code is not sent twice.
TEST_F(CallerKeysFlow, KeepsAnExchangeWhenTheKeyChanges) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(2s));
  StartWithKeys({{"alice", "sk-alice-1"}});
  GatewayClient alice = Client(Alice());
  const auto first = alice.StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  keys_.Mount({{"alice", "sk-alice-2"}});
  ASSERT_TRUE(WaitForMetric(kReloads, 1));
  const auto repeated = alice.Exchange(MinimalExchange("code-1"));
  ASSERT_THAT(repeated, Succeeds());
  EXPECT_EQ(repeated.reply.key(), "sk-user-1");
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_THAT(alice.Exchange(MinimalExchange("code-1")), Succeeds());
  EXPECT_THAT(Keys(), ElementsAre("Bearer sk-alice-1"));
}

// Given an exchange under way with a key that is refused, when another call joins it with the new
// key, then both are sent again, as one.
TEST_F(CallerKeysFlow, SendsAnExchangeAgainForThoseWhoJoinedWithTheNewKey) {
  StartWithKeys({{"alice", "sk-alice-1"}});
  GatewayClient alice = Client(Alice());
  Accept("sk-alice-2", 2s);
  const auto first = alice.StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  keys_.Mount({{"alice", "sk-alice-2"}});
  ASSERT_TRUE(WaitForMetric(kReloads, 1));
  const auto joined = alice.StartExchange(MinimalExchange("code-1"));
  EXPECT_THAT(joined->Wait(), Succeeds());
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_THAT(Keys(), ElementsAre("Bearer sk-alice-1", "Bearer sk-alice-2"));
}

// The file is looked at for a call whose key was refused, so none fails for the second in between.
TEST_F(CallerKeysFlow, SendsARefusedCallAgainWithTheNewKey) {
  StartWithKeys({{"alice", "sk-alice-1"}});
  GatewayClient alice = Client(Alice());
  EXPECT_THAT(alice.Create(MinimalCreate()), Succeeds());
  keys_.Mount({{"alice", "sk-alice-2"}});
  Accept("sk-alice-2", {});
  EXPECT_THAT(alice.Create(MinimalCreate()), Succeeds());
  Accept("sk-alice-3", {});
  const auto refused = alice.Create(MinimalCreate());
  EXPECT_THAT(refused, FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_THAT(refused.status.error_message(), HasSubstr("the API key of this caller"));
  EXPECT_EQ(Metric("oauth_gateway_own_key_refused_total"), 1);
}

}  // namespace
}  // namespace modelgates::gateway
