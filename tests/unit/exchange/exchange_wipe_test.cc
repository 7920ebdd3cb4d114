#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <new>
#include <string_view>

#include "exchange_fixture.h"

// This program's memory: every block is looked through before it is given back.
namespace {

constexpr char kSecret[] = "sk-canary-0123456789abcdef";

// Blocks that were given back with the secret still in them, since the answer came.
int leaked_blocks = 0;
bool watching = false;

void Release(void* block) {
  if (block == nullptr) return;
  if (watching) {
    const std::string_view bytes(static_cast<const char*>(block), malloc_usable_size(block));
    if (memmem(bytes.data(), bytes.size(), kSecret, sizeof(kSecret) - 1) != nullptr) {
      ++leaked_blocks;
    }
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
    options.observer->OnSendProgress(SendProgress::kBytesOffered);
    WaitPoint point(loop_);
    co_await point.Wait(loop_.Now() + 100ms, options.stop);
    HttpResponse response;
    response.status = 200;
    response.body.reserve(256);
    response.body.append("{\"key\":\"").append(kSecret).append("\"}");
    watching = true;
    co_return response;
  }

 private:
  EventLoop& loop_;
};

// Where answers are kept: knows what of it is in use, and whether any was given back unwiped.
class WatchedMemory final : public std::pmr::memory_resource {
 public:
  size_t in_use() const { return in_use_; }

 private:
  void* do_allocate(size_t bytes, size_t) override {
    in_use_ += bytes;
    return operator new(bytes);
  }
  void do_deallocate(void* block, size_t bytes, size_t) override {
    in_use_ -= bytes;
    operator delete(block);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  size_t in_use_ = 0;
};

class ExchangeWipe : public ExchangeTest {
 protected:
  ExchangeWipe() {
    leaked_blocks = 0;
    watching = false;
    exchanges_.emplace(loop_, secret_retrier_, ExchangeOptions{}, ReadByTable, nullptr, memory_);
  }
  ~ExchangeWipe() override { watching = false; }

  WatchedMemory memory_;
  SecretTransport secret_transport_{loop_};
  UnlimitedRetrier secret_retrier_{loop_, secret_transport_, [] { return 0.0; }};
};

TEST_F(ExchangeWipe, TheAnswerIsWipedWhenItsMemoryEnds) {
  Finish().Drop();
  EXPECT_GT(memory_.in_use(), 0u);
  EXPECT_GT(exchanges_->remembered_bytes(), memory_.in_use());
  loop_.Advance(30s);
  EXPECT_EQ(memory_.in_use(), 0u);
  EXPECT_EQ(leaked_blocks, 0);
  EXPECT_EQ(Count(ExchangeState::kSpent), 1u);
  loop_.Advance(90s);
  EXPECT_EQ(exchanges_->remembered_bytes(), 0u);
}

TEST_F(ExchangeWipe, WhatAReaderHasOutlivesTheMemory) {
  Caller& caller = Finish();
  loop_.Advance(30s);
  EXPECT_EQ(memory_.in_use(), 0u);
  EXPECT_NE(caller.Got().find(kSecret), std::string::npos);
  leaked_blocks = 0;  // the copy that Got made
  caller.Drop();
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, AnAnswerThatIsNotKeptIsWipedAtOnce) {
  Caller& caller = Finish({.verifier = false});
  EXPECT_EQ(memory_.in_use(), 0u);
  caller.Drop();
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, AnAnswerThatNobodyGetsIsWiped) {
  Begin({.deadline = 50ms, .verifier = false});
  loop_.Advance(100ms);
  EXPECT_TRUE(watching);
  EXPECT_EQ(memory_.in_use(), 0u);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, TheDeliveryLimitWipesIt) {
  for (int i = 0; i < 6; ++i) Finish().Drop();
  EXPECT_EQ(memory_.in_use(), 0u);
  EXPECT_EQ(leaked_blocks, 0);
}

TEST_F(ExchangeWipe, TheEndOfTheRegistryWipesIt) {
  Finish().Drop();
  EXPECT_GT(memory_.in_use(), 0u);
  exchanges_.reset();
  EXPECT_EQ(memory_.in_use(), 0u);
  EXPECT_EQ(leaked_blocks, 0);
}

}  // namespace
}  // namespace modelgates::gateway
