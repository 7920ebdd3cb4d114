#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "exchange_fixture.h"

// This program's memory: every block is looked through before it is given back.
namespace {

constexpr char kSecret[] = "sk-canary-0123456789abcdef";

// Blocks that were given back with the secret still in them, and those that were wiped.
int leaked_blocks = 0;
const void* watched_block = nullptr;
bool watched_block_was_freed = false;

void Release(void* block) {
  if (block == nullptr) return;
  if (watched_block != nullptr) {
    const std::string_view bytes(static_cast<const char*>(block), malloc_usable_size(block));
    if (memmem(bytes.data(), bytes.size(), kSecret, sizeof(kSecret) - 1) != nullptr) {
      ++leaked_blocks;
    }
    if (block == watched_block) watched_block_was_freed = true;
  }
  std::free(block);
}

}  // namespace

void* operator new(size_t size) {
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) std::abort();
  return block;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void operator delete(void* block) noexcept { Release(block); }
void operator delete(void* block, size_t) noexcept { Release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { Release(block); }

namespace modelgates::gateway {
namespace {

// Answers with the secret, in one buffer that is moved and never copied.
class SecretTransport final : public HttpTransport {
 public:
  explicit SecretTransport(EventLoop& loop) : loop_(loop) {}

  Task<HttpResult> Send(const HttpRequest&, SendOptions options) override {
    *options.offered = true;
    WaitPoint point(loop_);
    co_await point.Wait(loop_.Now() + 100ms, options.stop);
    HttpResponse response;
    response.status = 200;
    response.body.reserve(256);
    response.body.append("{\"key\":\"").append(kSecret).append("\"}");
    watched_block = response.body.data();
    co_return response;
  }

 private:
  EventLoop& loop_;
};

class ExchangeWipe : public ExchangeTest {
 protected:
  ExchangeWipe() {
    leaked_blocks = 0;
    watched_block = nullptr;
    watched_block_was_freed = false;
    exchanges_.emplace(loop_, secret_retrier_, ExchangeOptions{}, JudgeByTable);
  }
  ~ExchangeWipe() override { watched_block = nullptr; }

  SecretTransport secret_transport_{loop_};
  Retrier secret_retrier_{loop_, secret_transport_, [] { return 0.0; }};
};

TEST_F(ExchangeWipe, TheAnswerIsWipedWhenItsMemoryEnds) {
  Caller& caller = Finish();
  EXPECT_EQ(
      static_cast<const void*>(std::get<HttpResponse>(caller.reply.outcome->last).body.data()),
      watched_block);
  caller.reply.outcome.reset();
  EXPECT_FALSE(watched_block_was_freed);
  loop_.Advance(30s);
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, TheLastReaderMayComeAfterItsMemoryEnded) {
  Caller& caller = Finish();
  loop_.Advance(30s);
  EXPECT_FALSE(watched_block_was_freed);
  EXPECT_NE(caller.Got().find(kSecret), std::string::npos);
  leaked_blocks = 0;  // the copy that Got made
  caller.reply.outcome.reset();
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, AnAnswerThatIsNotKeptIsWipedWithItsOnlyReader) {
  Caller& caller = Finish({.verifier = false});
  EXPECT_FALSE(watched_block_was_freed);
  caller.reply.outcome.reset();
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, AnAnswerThatNobodyGetsIsWiped) {
  Begin({.deadline = 50ms, .verifier = false});
  loop_.Advance(100ms);
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, TheDeliveryLimitWipesIt) {
  for (int i = 0; i < 6; ++i) Finish().reply.outcome.reset();
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, TheEndOfTheRegistryWipesIt) {
  Finish().reply.outcome.reset();
  EXPECT_FALSE(watched_block_was_freed);
  exchanges_.reset();
  EXPECT_TRUE(watched_block_was_freed);
  EXPECT_EQ(leaked_blocks, 0);
}

}  // namespace
}  // namespace modelgates::gateway
