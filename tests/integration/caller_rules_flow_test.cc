
#include <filesystem>
#include <fstream>

#include "integration/gateway_fixture.h"
#include "support/connect_from.h"
#include "support/generic_call.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;

constexpr char kCreate[] = "/modelgates.oauth.v1.OAuthService/CreateAuthCode";
constexpr char kExchange[] = "/modelgates.oauth.v1.OAuthService/ExchangeAuthCode";
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";
constexpr char kReflection[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
constexpr char kOldReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kServers[] = "/grpc.channelz.v1.Channelz/GetServers";
constexpr char kSockets[] = "/grpc.channelz.v1.Channelz/GetTopChannels";

// A gateway with a callers file, which can be replaced in one step, as mounted files are.
class CallerRulesFlow : public GatewayTest {
 protected:
  CallerRulesFlow() {
    config_.callers_file = folder_ / "callers.json";
    config_.channelz = true;
  }

  void Write(const std::string& text) {
    std::ofstream(folder_ / "fresh") << text;
    std::filesystem::rename(folder_ / "fresh", folder_ / "callers.json");
  }
  // Of one rule for everybody.
  void AllowAll(const std::string& members) {
    Write(R"({"callers": [{"id": "address:*", )" + members + "}]}");
  }
  void AllowMethods(const std::string& method) {
    AllowAll("\"methods\": [" + (method.empty() ? "" : "\"" + method + "\"") + "]");
  }

  // A call of any method with a right request.
  CallEnd Call(const std::string& path) {
    if (path == kCreate) return Create();
    if (path == kExchange) return Exchange("code-1");
    // For reflection: list_services, the field 7.
    const bool is_reflection = path == kReflection || path == kOldReflection;
    return CallMethod(client().channel(), path, is_reflection ? std::string("\x3a\x01*") : "");
  }

  const TemporaryFolder folder_{"callers"};
};

struct MethodCase {
  const char* name;
  const char* method;  // in the rule
  std::vector<std::string> allowed;
};

class CallerMethodFlow : public CallerRulesFlow, public testing::WithParamInterface<MethodCase> {};

TEST_P(CallerMethodFlow, AllowsTheMethodsOfTheRuleAndNoOther) {
  AllowMethods(GetParam().method);
  for (const char* path :
       {kCreate, kExchange, kCheck, kWatch, kReflection, kOldReflection, kServers, kSockets}) {
    SCOPED_TRACE(path);
    const CallEnd call = Call(path);
    const auto& allowed = GetParam().allowed;
    if (std::find(allowed.begin(), allowed.end(), path) != allowed.end()) {
      EXPECT_THAT(call, Succeeds());
      continue;
    }
    EXPECT_THAT(call, FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
    EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), "-1");
    const TypedError error = ErrorOf(call);
    EXPECT_EQ(error.info.domain(), "modelgates.ai");
    EXPECT_EQ(error.Metadata("origin"), "caller");
    EXPECT_EQ(error.Metadata("retryable"), "false");
    EXPECT_EQ(error.status.message(), call.status.error_message());
  }
}

INSTANTIATE_TEST_SUITE_P(
    , CallerMethodFlow,
    testing::Values(
        MethodCase{"None", "", {}}, MethodCase{"Create", "CreateAuthCode", {kCreate}},
        MethodCase{"Exchange", "ExchangeAuthCode", {kExchange}},
        MethodCase{"OwnService", "modelgates.oauth.v1.OAuthService/*", {kCreate, kExchange}},
        MethodCase{"Check", "grpc.health.v1.Health/Check", {kCheck}},
        MethodCase{"Health", "grpc.health.v1.Health/*", {kCheck, kWatch}},
        MethodCase{"Reflection", "grpc.reflection.v1.ServerReflection/*", {kReflection}},
        MethodCase{"OldReflection",
                   "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                   {kOldReflection}},
        MethodCase{"Channelz", "grpc.channelz.v1.Channelz/*", {kServers, kSockets}},
        MethodCase{
            "All",
            "*",
            {kCreate, kExchange, kCheck, kWatch, kReflection, kOldReflection, kServers, kSockets}}),
    [](const auto& row) { return row.param.name; });

TEST_F(CallerRulesFlow, RefuseBeforeAnythingIsSentAndSayWhoItWas) {
  AllowMethods("CreateAuthCode");
  const auto call = Exchange("code-1");
  ExpectEnvelope(call, "ExchangeAuthCode");
  EXPECT_EQ(ErrorOf(call).Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(upstream_.connections(), 0);
  EXPECT_THAT(Call(kCheck), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  EXPECT_THAT(Create(), Succeeds());
  const auto calls = log_.Lines("call");
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0]["reason"], "CALLER_NOT_ALLOWED");
  EXPECT_EQ(calls[0]["severity"], "INFO");
  for (const auto& line : calls) EXPECT_EQ(line["caller"], "address:127.0.0.1");
  const auto others = log_.Lines("caller_not_allowed");
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0]["method"], kCheck);
  EXPECT_EQ(others[0]["caller"], "address:127.0.0.1");
}

TEST_F(CallerRulesFlow, TellAddressesApart) {
  Write(R"({"callers": [{"id": "address:127.0.1.0/24", "methods": ["CreateAuthCode"]},
                        {"id": "address:127.0.2.7", "methods": ["CreateAuthCode"]}]})");
  const auto create_from = [this](const char* source) {
    return GatewayClient(ConnectFrom(source, server().grpc_address())).Create(MinimalCreate());
  };
  EXPECT_THAT(create_from("127.0.1.9"), Succeeds());
  EXPECT_THAT(create_from("127.0.2.7"), Succeeds());
  EXPECT_THAT(create_from("127.0.2.8"), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  EXPECT_THAT(Create(), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
}

// Whoever loses its address may repeat the exchange from another one.
TEST_F(CallerRulesFlow, DoNotBindAnExchangeToAnAddress) {
  AllowMethods("*");
  const auto first = Exchange("code-1");
  ASSERT_THAT(first, Succeeds());
  GatewayClient elsewhere(ConnectFrom("127.0.1.9", server().grpc_address()));
  const auto again = elsewhere.Exchange(MinimalExchange("code-1"));
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.Trailer("x-modelgates-replayed"), "true");
  EXPECT_EQ(upstream_.Requests().size(), 1U);
}

TEST_F(CallerRulesFlow, AreReadAgainAndRefusedWholeWhenTheyAreWrong) {
  AllowMethods("*");
  ASSERT_THAT(Create(), Succeeds());
  AllowMethods("grpc.health.v1.Health/*");
  ASSERT_TRUE(log_.WaitForLines("reloaded", 1));
  EXPECT_EQ(log_.Lines("reloaded")[0]["setting"], "callers_file");
  EXPECT_THAT(Create(), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  Write("{\"callers\": [\n {\"id\": \"address:*\", \"methods\": [\"*\"], \"rate\": 0}]}");
  ASSERT_TRUE(log_.WaitForLines("reload_failed", 1));
  EXPECT_THAT(std::string(log_.Lines("reload_failed")[0]["error"]),
              HasSubstr("line 2: callers[0].rate must be a number from 1 to 1000000"));
  EXPECT_THAT(Create(), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  EXPECT_THAT(Call(kCheck), Succeeds());
}

TEST_F(CallerRulesFlow, LetNobodyInWhileThereAreNone) {
  EXPECT_THAT(Create(), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  EXPECT_THAT(Call(kCheck), FailsWith(grpc::PERMISSION_DENIED, "CALLER_NOT_ALLOWED"));
  AllowMethods("*");
  ASSERT_TRUE(log_.WaitForLines("reloaded", 1));
  EXPECT_THAT(Create(), Succeeds());
}

TEST_F(GatewayTest, DoesNotNameCallersThatItDoesNotTellApart) {
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_FALSE(log_.Lines("call").at(0).contains("caller"));
}

}  // namespace
}  // namespace modelgates::gateway
