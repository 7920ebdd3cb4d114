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
constexpr char kIncomplete[] = "oauth_gateway_incomplete_requests";
constexpr char kGivenUp[] = "oauth_gateway_incomplete_requests_given_up_total";
constexpr char kInFlight[] = "oauth_gateway_calls_in_flight";
constexpr int kMostIncomplete = 1024;
constexpr int kMostOfConnection = 256;
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
    EXPECT_LE(gateway_->peak_memory_bytes(), idle_ + kSanitizerFactor * 32 * kMegabyte);
    ExpectOthersAreServed();
  }
  template <class Open>
  void ExpectStreamsAreBounded(const Open& open) {
    constexpr int kStreams = 10'000;
    RawHttp2 raw(gateway_->grpc_address());
    std::string frames;
    for (int i = 0; i < kStreams; ++i) frames += open(raw);
    ASSERT_TRUE(raw.Send(frames));
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), kGivenUp, kStreams - kMostOfConnection));
    ExpectMemoryIsBounded();
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
                            {{"grpc-encoding", "gzip"}}));
    raw->Send(raw->Data(RawHttp2::MessageHead(bomb.size(), true) + part));
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

// A peer that never acknowledges HTTP/2's settings is held to no number of streams by gRPC.
TEST_F(HostileMemory, StreamsOfAPeerThatAcknowledgesNothingAreBounded) {
  ExpectStreamsAreBounded([](RawHttp2& raw) { return raw.OpenCall("CreateAuthCode"); });
}

TEST_F(HostileMemory, StreamsOfFewBytesAreBounded) {
  ExpectStreamsAreBounded([](RawHttp2& raw) { return raw.OpenKnownCall("CreateAuthCode"); });
}

// As many calls as may run at once, and as many again, which are refused.
TEST_F(HostileMemory, CallsThatRunTakeWhatTheyNeed) {
  constexpr int kCalls = 1000;
  constexpr int kStreams = 100;
  const std::string message = MinimalCreate().SerializeAsString();
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (const bool refused : {false, true}) {
    for (int calls = 0; calls < kCalls; calls += kStreams) {
      auto& peer = peers.emplace_back(std::make_unique<RawHttp2>(gateway_->grpc_address()));
      std::string frames;
      for (int i = 0; i < kStreams; ++i) frames += peer->Call("CreateAuthCode", message);
      ASSERT_TRUE(peer->Send(frames));
      if (refused) {
        EXPECT_EQ(peer->WaitForEnds(kStreams), kStreams);
      }
    }
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), kInFlight, kCalls));
  }
  peers.clear();
  EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), kInFlight, 0));
  AnswerBoth(upstream_);
  ExpectMemoryIsBounded();
}

// Calls that come faster than they are served wait where they take little.
TEST_F(HostileMemory, CallsFasterThanTheyAreServedAreBounded) {
  constexpr int kRounds = 10;
  constexpr int kPeers = 40;
  constexpr int kStreams = 100;
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (int i = 0; i < kPeers; ++i) peers.push_back(Connect());
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& peer : peers) {
      std::string frames;
      for (int i = 0; i < kStreams; ++i) {
        frames += peer->Call(i % 2 == 0 ? "CreateAuthCode" : "ExchangeAuthCode", "");
      }
      ASSERT_TRUE(peer->Send(frames));
    }
    for (const auto& peer : peers) EXPECT_EQ(peer->WaitForEnds(kStreams), kStreams);
  }
  ExpectMemoryIsBounded();
}

// As many as wait are counted and bounded; the oldest make room. So are those that one address has
// on many connections.
TEST_F(HostileMemory, StreamsWithoutARequestAreBounded) {
  constexpr int kStreams = 100;
  int opened = 0;
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (const int all : {3000, 4000}) {
    for (; opened < all; opened += kStreams) {
      const auto& peer = peers.emplace_back(Connect());
      std::string frames;
      for (int i = 0; i < kStreams; ++i) frames += peer->OpenCall("ExchangeAuthCode");
      ASSERT_TRUE(peer->Send(frames));
    }
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), kIncomplete, kMostIncomplete));
    EXPECT_TRUE(WaitForMetric(gateway_->admin_address(), kGivenUp, all - kMostIncomplete));
    ExpectMemoryIsBounded();
  }
  EXPECT_EQ(peers.front()->WaitForEnds(kStreams), kStreams);
  EXPECT_THAT(peers.front()->received(), testing::HasSubstr("not complete in time"));
}

// gRPC refuses a message above 64 KiB when the whole of it is there, and takes what comes until
// then. Requests that do not end are ended by what has come since they began.
TEST_F(HostileMemory, LargeRequestsThatNeverEndAreGivenUp) {
  constexpr int kStreams = 99;
  constexpr size_t kLength = 4 * kMegabyte;
  const std::string most = RawHttp2::MessageHead(kLength) + std::string(kLength - 1, ' ');
  for (const bool slow : {true, false}) {
    const auto raw = Connect();
    std::vector<uint32_t> streams;
    for (int i = 0; i < kStreams; ++i) {
      ASSERT_TRUE(raw->Send(raw->OpenCall("ExchangeAuthCode")));
      streams.push_back(raw->stream());
    }
    EXPECT_EQ(raw->Pour(streams, most,
                        [&] {
                          if (slow) ExpectOthersAreServed();
                        }),
              kStreams);
    ExpectMemoryIsBounded();
  }
}

// What a request says that its length is changes nothing.
TEST_F(HostileMemory, AnEndlessRequestIsGivenUp) {
  const std::string most = RawHttp2::MessageHead(1 << 30) + std::string(200 * kMegabyte, ' ');
  const auto raw = Connect();
  ASSERT_TRUE(raw->Send(raw->OpenCall("ExchangeAuthCode")));
  EXPECT_EQ(raw->Pour({raw->stream()}, most), 1);
  ExpectMemoryIsBounded();
}

// Nor does the peer have to receive what it is told.
TEST_F(HostileMemory, RequestsOfPeersThatReceiveNothingAreGivenUp) {
  constexpr int kStreams = 100;
  constexpr int kPeers = 20;
  const std::string part = RawHttp2::MessageHead(65'536) + std::string(600, ' ');
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (int peer = 0; peer < kPeers; ++peer) {
    RawHttp2::Options small_buffer;
    small_buffer.receive_buffer_bytes = 1024;
    auto& raw =
        peers.emplace_back(std::make_unique<RawHttp2>(gateway_->grpc_address(), small_buffer));
    std::string frames;
    for (int i = 0; i < kStreams; ++i) {
      frames += raw->OpenCall("ExchangeAuthCode");
      frames += raw->Data(part);
    }
    ASSERT_TRUE(raw->Send(frames));
  }
  EXPECT_TRUE(
      WaitForMetric(gateway_->admin_address(), kGivenUp, kPeers * kStreams - kMostIncomplete));
  ExpectMemoryIsBounded();
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
