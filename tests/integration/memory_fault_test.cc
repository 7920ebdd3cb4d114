#include <gmock/gmock.h>
#include <zlib.h>

#include <cstdlib>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/measured_memory.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMegabyte = 1 << 20;

struct Flood {
  const char* name;
  Answer answer;
};

void PrintTo(const Flood& flood, std::ostream* out) { *out << flood.name; }

// A deflate stream of `plain_bytes` spaces, a thousandth as long.
std::string Bomb(size_t plain_bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string plain(kMegabyte, ' ');
  std::string packed(plain_bytes / 500, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  for (size_t done = 0; done < plain_bytes; done += plain.size()) {
    stream.next_in = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    deflate(&stream, done + plain.size() < plain_bytes ? Z_NO_FLUSH : Z_FINISH);
  }
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string kMuch(64 * 1024, ' ');

// A process of its own, so that its memory can be measured.
class Memory : public testing::TestWithParam<Flood> {
 protected:
  static constexpr int kCalls = 64;

  void SetUp() override {
    AnswerBoth(upstream_);
    gateway_.emplace(std::vector<std::string>{"--upstream=" + upstream_.url() + "/api/v1",
                                              "--max_attempts=1", "--attempt_timeout=30s"},
                     MeasuredEnvironment());
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
    client_.emplace(gateway_->grpc_address());
  }

  // Many at once.
  void Call() {
    std::vector<std::unique_ptr<GatewayClient::PendingCreate>> creates;
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> exchanges;
    for (int i = 0; i < kCalls / 2; ++i) {
      creates.push_back(client_->StartCreate(MinimalCreate()));
      exchanges.push_back(client_->StartExchange(MinimalExchange("code-" + std::to_string(i))));
    }
    for (const auto& call : creates) call->Wait();
    for (const auto& call : exchanges) call->Wait();
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
  std::optional<GatewayClient> client_;
};

// Given an upstream that says more than anybody could keep, when many calls hear it at once, then
// the gateway's memory grows by what the cap of an answer allows and no more.
TEST_P(Memory, IsBoundWhateverTheUpstreamSays) {
  Call();
  const size_t before = gateway_->peak_memory_bytes();
  ASSERT_GT(before, kMegabyte);
  upstream_.SetDefault(kCreatePath, GetParam().answer);
  upstream_.SetDefault(kExchangePath, GetParam().answer);
  Call();
  EXPECT_LT(gateway_->peak_memory_bytes(), before + 64 * kMegabyte);

  AnswerBoth(upstream_);
  EXPECT_THAT(client_->Create(MinimalCreate()), Succeeds());
  EXPECT_THAT(client_->Exchange(MinimalExchange("last")), Succeeds());
  EXPECT_EQ(gateway_->Terminate(), 0) << gateway_->err();
}

INSTANTIATE_TEST_SUITE_P(
    , Memory,
    testing::Values(
        Flood{"TenMegabytes", Answer::Json(200, std::string(10 * kMegabyte, ' '))},
        Flood{"EndlessBody", Answer::Bytes(std::string(kOk) + "\r\n").ThenForever(kMuch)},
        Flood{"EndlessChunk",
              Answer::Bytes(std::string(kOk) + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n")
                  .ThenForever(kMuch)},
        Flood{"EndlessExtension",
              Answer::Bytes(std::string(kOk) + "Transfer-Encoding: chunked\r\n\r\n1;")
                  .ThenForever(kMuch)},
        Flood{"EndlessField", Answer::Bytes(std::string(kOk) + "X: ").ThenForever(kMuch)},
        Flood{"EndlessInterimAnswers", Answer().ThenForever("HTTP/1.1 102 Processing\r\n\r\n")},
        Flood{"GzipBomb", Answer::Json(200, Bomb(200 * kMegabyte), {{"Content-Encoding", "gzip"}})},
        Flood{"GzipBombOfAnError",
              Answer::Json(500, Bomb(200 * kMegabyte), {{"Content-Encoding", "gzip"}})}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
