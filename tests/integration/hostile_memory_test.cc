#include <gmock/gmock.h>

#include <cstdlib>
#include <thread>

#include "integration/call_messages.h"
#include "support/compressed.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/measured_memory.h"
#include "support/metric_value.h"
#include "support/raw_http2.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMegabyte = 1 << 20;
constexpr char kReflection[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

// What one peer without a credential does to the memory of the process, and to other callers.
class HostileMemory : public testing::Test {
 protected:
  void SetUp() override {
    AnswerBoth(upstream_);
    gateway_.emplace(std::vector<std::string>{"--upstream=" + upstream_.url() + "/api/v1"},
                     MeasuredEnvironment());
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
    client_.emplace(gateway_->grpc_address());
    ExpectOthersAreServed();
    idle_ = gateway_->peak_memory_bytes();
    ASSERT_GT(idle_, kMegabyte);
  }

  void ExpectOthersAreServed() {
    EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
    EXPECT_THAT(client_->Exchange(MinimalExchange("code-" + std::to_string(++codes_))), Succeeds());
  }
  void ExpectMemoryIsBounded() {
    EXPECT_LE(gateway_->peak_memory_bytes(), idle_ + 32 * kMegabyte);
    ExpectOthersAreServed();
  }
  // A peer that has acknowledged the gateway's settings, as a call that was answered shows.
  std::unique_ptr<RawHttp2> Connect() {
    auto raw = std::make_unique<RawHttp2>(gateway_->grpc_address());
    raw->Send(raw->Call("CreateAuthCode", MinimalCreate().SerializeAsString()));
    EXPECT_EQ(raw->WaitForEnd(raw->stream()), RawHttp2::End::kAnswered);
    return raw;
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
  std::optional<GatewayClient> client_;
  size_t idle_ = 0;
  int codes_ = 0;
};

// Whatever its size, a compressed message is refused before anything is inflated.
TEST_F(HostileMemory, ABombIsNotInflated) {
  for (const size_t plain_megabytes : {1, 50, 256}) {
    const std::string bomb = Gzip(std::string(plain_megabytes * kMegabyte, ' '));
    const auto raw = Connect();
    // Within what HTTP/2 lets a peer send unasked; the rest would not be read.
    const std::string part = bomb.substr(0, 60'000);
    raw->Send(raw->OpenPath("/modelgates.oauth.v1.OAuthService/CreateAuthCode",
                            {{"grpc-encoding", "gzip"}}) +
              raw->Data(RawHttp2::MessageHead(bomb.size(), true) + part));
    EXPECT_EQ(raw->WaitForEnd(raw->stream()), RawHttp2::End::kAnswered) << plain_megabytes;
    EXPECT_THAT(raw->received(), testing::HasSubstr("Compression algorithm 'gzip' is disabled"));
  }
  ExpectMemoryIsBounded();
}

TEST_F(HostileMemory, StreamsAboveTheBoundAreRefused) {
  const auto raw = Connect();
  for (int batch = 0; batch < 40; ++batch) {
    std::string frames;
    for (int i = 0; i < 500; ++i) frames += raw->OpenCall("CreateAuthCode");
    if (!raw->Send(frames)) break;  // the gateway hangs up on such a client
  }
  EXPECT_TRUE(raw->WaitForHangUp());
  ExpectMemoryIsBounded();
}

// gRPC refuses a message above 64 KiB when the whole of it is there. What never ends counts against
// the memory that all connections share: streams are ended until it is enough again. How much there
// is at the height of it depends on how fast the peer sends, and is not asserted.
TEST_F(HostileMemory, LargeMessagesThatNeverEndAreGivenUp) {
  constexpr int kStreams = 99;
  constexpr size_t kLength = 4 * kMegabyte;
  const std::string most = RawHttp2::MessageHead(kLength) + std::string(kLength - 1, ' ');
  const auto raw = Connect();
  std::vector<uint32_t> streams;
  for (int i = 0; i < kStreams; ++i) {
    ASSERT_TRUE(raw->Send(raw->OpenCall("ExchangeAuthCode")));
    streams.push_back(raw->stream());
  }
  int ended = raw->Pour(streams, most);
  // 64 MiB hold 16 of them.
  const int surplus = kStreams - 20;
  if (ended < surplus) ended += raw->WaitForEnds(surplus - ended);
  EXPECT_GE(ended, surplus);
}

// What is allowed comes through whole: judged by the gateway, not refused by gRPC.
TEST_F(HostileMemory, MessagesAtTheBoundAreRead) {
  constexpr size_t kBound = 64 * 1024;
  oauth::v1::ExchangeAuthCodeRequest request;
  request.set_code(std::string(kBound - 4, 'c'));
  ASSERT_EQ(request.ByteSizeLong(), kBound);
  EXPECT_THAT(client_->Exchange(request), FailsWith(grpc::INVALID_ARGUMENT, "FIELD_INVALID"));
}

// Sixty calls with 4.1 MB of fields that nobody knows.
TEST_F(HostileMemory, UnknownFieldsCountAsMessage) {
  std::string unknown("\xf2\x7f\xa0\x9f\xfa\x01", 6);  // field 2046: 4,100,000 bytes
  unknown.append(4'100'000, 'u');
  const std::string request = MinimalCreate().SerializeAsString() + unknown;
  for (int i = 0; i < 60; ++i) {
    GatewayClient client(gateway_->grpc_address());
    EXPECT_EQ(client.SendRaw("CreateAuthCode", request).status.error_code(),
              grpc::RESOURCE_EXHAUSTED);
  }
  ExpectMemoryIsBounded();
}

// Streams of reflection that are held cost no thread, and are bounded: one address gets 20.
TEST_F(HostileMemory, HeldReflectionStreamsTakeNoThread) {
  const int threads = gateway_->threads();
  const auto first = Connect();
  const auto second = Connect();
  for (const auto& raw : {first.get(), second.get()}) {
    std::string frames;
    for (int i = 0; i < 60; ++i) frames += raw->OpenPath(kReflection);
    ASSERT_TRUE(raw->Send(frames));
  }
  const std::string& admin = gateway_->admin_address();
  EXPECT_TRUE(WaitForMetric(admin, "oauth_gateway_reflection_refused_total", 100));
  EXPECT_TRUE(WaitForMetric(admin, "oauth_gateway_reflection_streams", 20));
  // gRPC starts up to two threads a CPU for all its callbacks together.
  const int cpus = static_cast<int>(std::thread::hardware_concurrency());
  EXPECT_LE(gateway_->threads(), threads + 2 * cpus);
  ExpectMemoryIsBounded();
}

TEST_F(HostileMemory, ReflectionStreamsThatEndMakeRoom) {
  {
    const auto raw = Connect();
    std::string frames;
    for (int i = 0; i < 20; ++i) frames += raw->OpenPath(kReflection);
    ASSERT_TRUE(raw->Send(frames));
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), "oauth_gateway_reflection_streams", 20));
  }
  EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), "oauth_gateway_reflection_streams", 0));
}

}  // namespace
}  // namespace modelgates::gateway
