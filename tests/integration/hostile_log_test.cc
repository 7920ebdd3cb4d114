#include <gmock/gmock.h>

#include <sstream>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/raw_http2.h"

namespace modelgates::gateway {
namespace {

// Whatever callers send, each line of stdout is a JSON object, and stderr is empty.
TEST(HostileCallers, CannotWriteIntoTheLog) {
  FakeUpstream upstream;
  AnswerBoth(upstream);
  GatewayProcess gateway({"--upstream=" + upstream.url() + "/api/v1", "--log_level=debug"});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  GatewayClient client(gateway.grpc_address());

  const std::string not_utf8("\x0a\x03\xff\xc3\x28", 5);
  for (const std::string method : {"CreateAuthCode", "ExchangeAuthCode", "NoSuchMethod"}) {
    EXPECT_FALSE(client.SendRaw(method, not_utf8).ok());
    EXPECT_FALSE(client.SendRaw(method, std::string(100, '\xff')).ok());
    RawHttp2 raw(gateway.grpc_address());
    raw.Send(raw.Call(method, not_utf8, {{"x-request-id", "a\"b"}, {"grpc-encoding", "\"gzip\n"}}));
    EXPECT_NE(raw.WaitForEnd(raw.stream()), RawHttp2::End::kSilent);
  }
  RawHttp2 garbage(gateway.grpc_address());
  garbage.Send(std::string(1000, '\xee'));
  EXPECT_TRUE(garbage.WaitForHangUp());
  EXPECT_EQ(gateway.Terminate(), 0);

  EXPECT_EQ(gateway.err(), "");
  std::istringstream out(gateway.out());
  int lines = 0;
  for (std::string line; std::getline(out, line); ++lines) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_GT(lines, 10);
  EXPECT_FALSE(gateway.Lines("protobuf").empty());
}

}  // namespace
}  // namespace modelgates::gateway
