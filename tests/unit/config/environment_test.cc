#include "config/environment.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UnknownVariables, AreNamedWithTheNearestAndWithoutTheirValue) {
  EXPECT_THAT(
      UnknownVariables({{"OAUTH_GATEWAY_ATEMPT_TIMEOUT", "canary"},
                        {"OAUTH_GATEWAY_API_KEY", "canary"},
                        {"OAUTH_GATEWAY_LISTEN", "right"},
                        {"OAUTH_GATEWAY_SOMETHING\n", "canary"},
                        {"OAUTH_GATEWAY_listen", "canary"}}),
      ElementsAre("OAUTH_GATEWAY_API_KEY (environment variable) belongs to no setting, did you "
                  "mean OAUTH_GATEWAY_API_KEY_FILE?",
                  "OAUTH_GATEWAY_ATEMPT_TIMEOUT (environment variable) belongs to no setting, did "
                  "you mean OAUTH_GATEWAY_ATTEMPT_TIMEOUT?",
                  "OAUTH_GATEWAY_SOMETHING\\x0a (environment variable) belongs to no setting, see "
                  "--help",
                  "OAUTH_GATEWAY_listen (environment variable) belongs to no setting, did you mean "
                  "OAUTH_GATEWAY_LISTEN?"));
}

// kubernetes.io/docs/concepts/services-networking/service: "Environment variables".
TEST(UnknownVariables, LeavesAloneWhatKubernetesMakesOfAService) {
  EXPECT_THAT(UnknownVariables({{"OAUTH_GATEWAY_SERVICE_HOST", "10.0.0.11"},
                                {"OAUTH_GATEWAY_SERVICE_PORT", "50051"},
                                {"OAUTH_GATEWAY_SERVICE_PORT_GRPC", "50051"},
                                {"OAUTH_GATEWAY_PORT", "tcp://10.0.0.11:50051"},
                                {"OAUTH_GATEWAY_PORT_50051_TCP", "tcp://10.0.0.11:50051"},
                                {"OAUTH_GATEWAY_PORT_50051_TCP_PROTO", "tcp"},
                                {"OAUTH_GATEWAY_PORT_50051_TCP_PORT", "50051"},
                                {"OAUTH_GATEWAY_PORT_50051_TCP_ADDR", "10.0.0.11"},
                                {"OAUTH_GATEWAY_PORT_53_UDP_ADDR", "10.0.0.11"},
                                {"OAUTH_GATEWAY_ADMIN_SERVICE_HOST", "10.0.0.12"},
                                {"OAUTH_GATEWAY_ADMIN_SERVICE_PORT_HTTP", "9090"},
                                {"OAUTH_GATEWAY_ADMIN_PORT", "tcp://10.0.0.12:9090"},
                                {"OAUTH_GATEWAY_ADMIN_PORT_9090_TCP_ADDR", "10.0.0.12"}}),
              IsEmpty());
}

TEST(UnknownVariables, TakesAPortThatSomebodyWroteForAMistake) {
  EXPECT_THAT(UnknownVariables({{"OAUTH_GATEWAY_PORT", "50051"}}),
              ElementsAre(HasSubstr("OAUTH_GATEWAY_PORT (environment variable) belongs to no")));
  EXPECT_THAT(UnknownVariables({{"OAUTH_GATEWAY_LISTEN_PORT", "50051"}}),
              ElementsAre(HasSubstr("OAUTH_GATEWAY_LISTEN_PORT")));
}

TEST(UnknownVariables, AreErrorsOfTheStartBesidesAllOthers) {
  const LoadResult result =
      LoadWith({"--max_attempts=0"}, {{"OAUTH_GATEWAY_ATEMPT_TIMEOUT", "3s"},
                                      {"OAUTH_GATEWAY_LOG_LEVLE", "debug"},
                                      {"OAUTH_GATEWAY_SERVICE_HOST", "10.0.0.11"}});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("--max_attempts"), HasSubstr("ATEMPT_TIMEOUT"),
                                         HasSubstr("OAUTH_GATEWAY_LOG_LEVEL?")));
}

TEST(ProcessEnvironment, HoldsWhatIsForTheGatewayOnly) {
  setenv("OAUTH_GATEWAY_HTTP_REFERER", "a=b", 1);
  setenv("OAUTH_GATEWAY_X_OPEN_ROUTER_TITLE", "", 1);
  setenv("MODELGATES_API_KEY", "sk-1", 1);
  const Environment environment = ProcessEnvironment();
  EXPECT_EQ(environment.at("OAUTH_GATEWAY_HTTP_REFERER"), "a=b");
  EXPECT_EQ(environment.at("OAUTH_GATEWAY_X_OPEN_ROUTER_TITLE"), "");
  EXPECT_EQ(environment.at("MODELGATES_API_KEY"), "sk-1");
  EXPECT_FALSE(environment.contains("PATH"));
  for (const char* name :
       {"OAUTH_GATEWAY_HTTP_REFERER", "OAUTH_GATEWAY_X_OPEN_ROUTER_TITLE", "MODELGATES_API_KEY"}) {
    unsetenv(name);
  }
}

}  // namespace
}  // namespace modelgates::gateway
