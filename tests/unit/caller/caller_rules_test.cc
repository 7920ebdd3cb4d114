#include "caller/caller_rules.h"

#include <gtest/gtest.h>

#include "caller/callers_file.h"

namespace modelgates::gateway {
namespace {

// The example of docs/contract/operations.md, and rules whose order matters.
constexpr char kFile[] = R"({
 "default": {"rate": 50, "concurrent": 100},
 "callers": [
  {"id": "spiffe://prod.example/ns/web/sa/checkout", "methods": ["*"], "rate": 200,
   "concurrent": 400},
  {"id": "spiffe://prod.example/ns/batch/sa/off", "methods": []},
  {"id": "spiffe://prod.example/ns/batch/*", "methods": ["CreateAuthCode"]},
  {"id": "spiffe://prod.example/ns/batch/sa/late", "methods": ["*"]},
  {"id": "dns:probe.prod.example", "methods": ["grpc.health.v1.Health/*"]},
  {"id": "dns:debug.prod.example",
   "methods": ["grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
               "modelgates.oauth.v1.OAuthService/ExchangeAuthCode"]},
  {"id": "address:192.0.2.7", "methods": ["CreateAuthCode"], "rate": 7},
  {"id": "address:192.0.2.0/24", "methods": []},
  {"id": "address:*", "methods": ["CreateAuthCode", "ExchangeAuthCode",
                                  "grpc.health.v1.Health/*"]}]})";

constexpr char kCreate[] = "/modelgates.oauth.v1.OAuthService/CreateAuthCode";
constexpr char kExchange[] = "/modelgates.oauth.v1.OAuthService/ExchangeAuthCode";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";
constexpr char kReflection[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
constexpr char kOldReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kChannelz[] = "/grpc.channelz.v1.Channelz/GetServers";
constexpr const char* kAll[] = {kCreate,     kExchange,      kHealth,  kWatch,
                                kReflection, kOldReflection, kChannelz};

CallerIdentity Identity(const std::string& text) {
  if (text.starts_with("spiffe://")) return CallerIdentity::OfCertificate(text, "");
  if (text.starts_with("dns:")) return CallerIdentity::OfCertificate("", text.substr(4));
  if (text.empty()) return {};
  return CallerIdentity::OfPeer("ipv4:" + text + ":1");
}

struct RuleCase {
  const char* name;
  const char* caller;
  std::vector<std::string> allowed;
};

class CallerRulesTest : public testing::TestWithParam<RuleCase> {};

TEST_P(CallerRulesTest, AllowWhatTheFirstRuleOfACallerAllows) {
  const CallerRules rules = ParseCallers(kFile).value();
  const CallerRule* rule = rules.Find(Identity(GetParam().caller));
  std::vector<std::string> allowed;
  for (const char* path : kAll) {
    if (rule != nullptr && rule->methods.Allow(path)) allowed.emplace_back(path);
  }
  EXPECT_EQ(allowed, GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    All, CallerRulesTest,
    testing::Values(
        RuleCase{
            "All", "spiffe://prod.example/ns/web/sa/checkout", {std::begin(kAll), std::end(kAll)}},
        RuleCase{"OtherId", "spiffe://prod.example/ns/web/sa/other", {}},
        RuleCase{"Pattern", "spiffe://prod.example/ns/batch/sa/a", {kCreate}},
        RuleCase{"FirstMatchIsTheExactOne", "spiffe://prod.example/ns/batch/sa/off", {}},
        RuleCase{"FirstMatchIsThePattern", "spiffe://prod.example/ns/batch/sa/late", {kCreate}},
        RuleCase{"ServiceOnly", "dns:probe.prod.example", {kHealth, kWatch}},
        RuleCase{"FullNames", "dns:debug.prod.example", {kExchange, kReflection}},
        RuleCase{"Address", "192.0.2.7", {kCreate}}, RuleCase{"Network", "192.0.2.8", {}},
        RuleCase{"AnyAddress", "198.51.100.1", {kCreate, kExchange, kHealth, kWatch}},
        RuleCase{"Nobody", "", {}}),
    [](const auto& row) { return row.param.name; });

// The text of such a name is that of a rule, but it is somebody else.
TEST(CallerRules, AreNotFooledByTheWildcardOfACertificate) {
  const CallerRules rules = ParseCallers(R"({"callers": [{"id": "dns:a*", "methods": ["*"]},
                                   {"id": "address:*", "methods": ["*"]}]})")
                                .value();
  EXPECT_EQ(rules.Find(CallerIdentity::OfCertificate("", "*")), nullptr);
  EXPECT_NE(rules.Find(CallerIdentity::OfCertificate("", "a*")), nullptr);
}

TEST(CallerRules, GiveTheDefaultWhereARuleHasNoShareOfItsOwn) {
  const CallerRules rules = ParseCallers(kFile).value();
  const auto share = [&](const char* caller) { return rules.Find(Identity(caller))->share; };
  EXPECT_EQ(share("spiffe://prod.example/ns/web/sa/checkout").rate, 200);
  EXPECT_EQ(share("spiffe://prod.example/ns/web/sa/checkout").concurrent, 400);
  EXPECT_EQ(share("dns:probe.prod.example").rate, 50);
  EXPECT_EQ(share("dns:probe.prod.example").concurrent, 100);
  EXPECT_EQ(share("192.0.2.7").rate, 7);
  EXPECT_EQ(share("192.0.2.7").concurrent, 100);
}

TEST(CallerRules, LimitNobodyWithoutADefault) {
  const CallerRules rules =
      ParseCallers(R"({"callers": [{"id": "address:*", "methods": ["*"]}]})").value();
  const CallerShare share = rules.Find(Identity("192.0.2.7"))->share;
  EXPECT_EQ(share.rate, std::nullopt);
  EXPECT_EQ(share.concurrent, std::nullopt);
}

// The default may follow the rules.
TEST(CallerRules, DoNotDependOnTheOrderOfMembers) {
  const CallerRules rules = ParseCallers(R"({"callers": [{"methods": ["*"], "id": "address:*"}],
                                             "default": {"concurrent": 3}})")
                                .value();
  EXPECT_EQ(rules.Find(Identity("192.0.2.7"))->share.concurrent, 3);
}

}  // namespace
}  // namespace modelgates::gateway
