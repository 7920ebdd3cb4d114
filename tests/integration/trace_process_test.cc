#include <gmock/gmock.h>

#include "integration/call_messages.h"
#include "integration/trace_sink.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/http_get.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

// Given the variables of a platform, when a call is made and the program is told to end, then its
// spans are with the collector, and /configz says where they go without the secret.
TEST(TracesOfTheProgram, GoWhereTheEnvironmentSays) {
  FakeUpstream upstream;
  FakeUpstream collector;
  AnswerBoth(upstream);
  collector.SetDefault(Answer::Json(200, "{}"));
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1"},
                         {"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.url(),
                          "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20sk-canary",
                          "OTEL_SERVICE_NAME=gateway-eu", "OTEL_BSP_SCHEDULE_DELAY=3600000"});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  GatewayClient client(gateway.grpc_address());
  ASSERT_TRUE(client.Create(MinimalCreate()).ok());
  const std::string page = HttpGet(gateway.admin_address(), "/configz").body;
  EXPECT_THAT(page, HasSubstr("# traces: to " + collector.url() + "/v1/traces"));
  EXPECT_THAT(page, Not(HasSubstr("canary")));
  EXPECT_EQ(gateway.Terminate(), 0);

  EXPECT_EQ(SpansOf(collector).size(), 2u);
  ASSERT_EQ(collector.Requests().size(), 1u);
  EXPECT_EQ(collector.Requests()[0].Header("authorization"), "Bearer sk-canary");
  EXPECT_THAT(collector.Requests()[0].body, HasSubstr("gateway-eu"));
  EXPECT_THAT(gateway.out() + gateway.err(), Not(HasSubstr("canary")));
}

TEST(TracesOfTheProgram, AreCheckedLikeASetting) {
  const GatewayRun run = RunGateway(
      {"--check_config"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"});
  EXPECT_EQ(run.exit_status, 0);
  EXPECT_THAT(run.out, HasSubstr("# traces: off\n"));
  EXPECT_THAT(run.err, HasSubstr("OTEL_EXPORTER_OTLP_PROTOCOL (environment variable) is not "
                                 "http/json"));
}

}  // namespace
}  // namespace modelgates::gateway
