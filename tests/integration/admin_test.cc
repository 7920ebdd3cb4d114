#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "integration/gateway_fixture.h"
#include "support/http_get.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AdminFlow : public GatewayTest {
 protected:
  AdminFlow() { config_.admin_listen = "127.0.0.1:0"; }

  HttpGetResult Get(const std::string& path) { return HttpGet(server().admin_address(), path); }
};

TEST_F(AdminFlow, IsAliveAndReady) {
  EXPECT_EQ(Get("/livez").status, 200);
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Get("/nothing").status, 404);
}

TEST_F(AdminFlow, IsOffWhenAskedFor) {
  config_.admin_listen = "";
  EXPECT_EQ(server().admin_address(), "");
  EXPECT_THAT(Create(), Succeeds());
}

TEST_F(AdminFlow, CountsCallsAttemptsAndErrors) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  upstream_.Enqueue(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  upstream_.Enqueue(kExchangePath, Answer().ThenReset());
  EXPECT_FALSE(Exchange("code-2").ok());
  upstream_.Enqueue(kCreatePath, Answer::Json(403, ErrorBody(403, "no")));
  EXPECT_FALSE(Create().ok());

  const std::string metrics = Get("/metrics").body;
  for (const char* line : {
           "grpc_server_started_total{grpc_method=\"CreateAuthCode\"",
           "oauth_gateway_exchange_replays_total 1\n",
           "oauth_gateway_exchange_outcome_unknown_total 1\n",
           "oauth_gateway_resend_prevented_total 1\n",
           "oauth_gateway_calls_in_flight 0\n",
       }) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }
  // Series with more labels than one are looked for by what they must contain.
  const auto has_series = [&](const std::vector<std::string>& parts) {
    std::istringstream lines(metrics);
    for (std::string line; std::getline(lines, line);) {
      if (std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
            return line.find(part) != std::string::npos;
          })) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(has_series({"grpc_server_handled_total{", "CreateAuthCode", "\"OK\"", "} 1"}));
  EXPECT_TRUE(
      has_series({"grpc_server_handled_total{", "CreateAuthCode", "\"PermissionDenied\"", "} 1"}) ||
      has_series({"grpc_server_handled_total{", "CreateAuthCode", "\"PERMISSION_DENIED\"", "} 1"}));
  EXPECT_TRUE(has_series({"grpc_server_handling_seconds_count{", "ExchangeAuthCode", "} 3"}));
  EXPECT_TRUE(has_series(
      {"oauth_gateway_errors_total{", "ExchangeAuthCode", "EXCHANGE_OUTCOME_UNKNOWN", "} 1"}));
  EXPECT_TRUE(has_series({"oauth_gateway_errors_total{", "CreateAuthCode", "FORBIDDEN", "} 1"}));
  EXPECT_TRUE(has_series({"oauth_gateway_upstream_attempts_total{", "CreateAuthCode", "5", "} 1"}));
  EXPECT_TRUE(has_series({"oauth_gateway_upstream_attempts_total{", "reset", "} 1"}));
  EXPECT_TRUE(has_series({"oauth_gateway_retries_total{", "CreateAuthCode", "retry", "} 1"}));
  EXPECT_TRUE(has_series({"oauth_gateway_upstream_attempt_seconds_count{", "} 3"}));
  EXPECT_TRUE(has_series({"oauth_gateway_upstream_connections 1"}));
}

TEST_F(AdminFlow, CountsJoins) {
  upstream_.Enqueue(kExchangePath,
                    Answer::Json(200, kKeyBody).Delayed(std::chrono::milliseconds(300)));
  auto first = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  auto second = client().StartExchange(MinimalExchange("code-1"));
  EXPECT_THAT(first->Wait(), Succeeds());
  EXPECT_THAT(second->Wait(), Succeeds());
  const std::string metrics = Get("/metrics").body;
  EXPECT_TRUE(metrics.find("oauth_gateway_exchange_joins_total 1\n") != std::string::npos ||
              metrics.find("oauth_gateway_exchange_replays_total 1\n") != std::string::npos);
}

TEST_F(AdminFlow, ShowsSettingsWithoutSecrets) {
  config_.api_key = Secret(std::string("sk-service-key"));
  const HttpGetResult settings = Get("/configz");
  EXPECT_EQ(settings.status, 200);
  EXPECT_THAT(settings.body, HasSubstr("max_attempts"));
  EXPECT_THAT(settings.body, Not(HasSubstr("sk-service-key")));
}

// Given a bearer file, then pages need its token, and the next one once the file has changed;
// probes need none.
TEST_F(AdminFlow, ShowsPagesToTheBearerOfItsFile) {
  const std::string file = testing::TempDir() + "admin_bearer." + std::to_string(getpid());
  std::ofstream(file) << "token-1\n";
  config_.admin_bearer_file = file;
  const auto get = [&](const std::string& path, const std::string& token) {
    return HttpGet(server().admin_address(), path, token).status;
  };
  EXPECT_EQ(get("/metrics", "token-1"), 200);
  EXPECT_EQ(get("/configz", "token-1"), 200);
  EXPECT_EQ(get("/metrics", "token-2"), 401);
  EXPECT_EQ(Get("/configz").status, 401);
  EXPECT_EQ(Get("/readyz").status, 200);
  std::ofstream(file) << "token-2\n";
  ASSERT_TRUE(log_.WaitForLines("reloaded", 1));
  EXPECT_EQ(get("/metrics", "token-2"), 200);
  EXPECT_EQ(get("/metrics", "token-1"), 401);
  std::ofstream(file) << "\n";
  ASSERT_TRUE(log_.WaitForLines("reload_failed", 1));
  EXPECT_EQ(get("/metrics", "token-2"), 200) << "a file that is wrong changes nothing";
  EXPECT_THAT(log_.text(), Not(HasSubstr("token-")));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace modelgates::gateway
