#include <gmock/gmock.h>

#include <set>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using ::testing::SizeIs;

// Several times what a pipe holds, 64 KiB, and far less than the log keeps in memory.
constexpr int kCalls = 1'000;

// Given whoever reads the log stalls, when calls go on, then each is answered; and when the reader
// goes on, then no line is missing.
TEST(AStalledLogReader, HoldsUpNoCallAndLosesNoLine) {
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1"});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  GatewayClient client(gateway.grpc_address());

  gateway.StallLogReader(true);
  std::set<std::string> answered;
  for (int i = 0; i < kCalls; ++i) {
    const auto called = client.Create(MinimalCreate());
    ASSERT_THAT(called, Succeeds()) << "call " << i;
    answered.insert(called.Trailer("x-request-id"));
  }
  EXPECT_LT(gateway.out().size(), 64U * 1024U) << "the reader did not stall";

  gateway.StallLogReader(false);
  EXPECT_EQ(gateway.Terminate(), 0);
  std::set<std::string> logged;
  for (const nlohmann::json& line : gateway.Lines("call")) {
    logged.insert(line.value("request_id", ""));
  }
  EXPECT_THAT(answered, SizeIs(kCalls));
  EXPECT_EQ(logged, answered);
}

}  // namespace
}  // namespace modelgates::gateway
