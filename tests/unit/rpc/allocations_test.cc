#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include "frontend/caller_access.h"
#include "frontend/oauth_service.h"
#include "rpc/read_exchange.h"
#include "rpc/typed_call.h"
#include "support/allocation_counter.h"
#include "support/documented_messages.h"
#include "support/fake_loop.h"
#include "support/prepared_transport.h"
#include "support/unlimited_retrier.h"
#include "telemetry/reload_log.h"

namespace modelgates::gateway {
namespace {

// What one successful call costs, from the moment that gRPC hands it over to its Finish: all of the
// RPC, but neither gRPC's own work nor HTTP. In each number is the one frame of the stand-in
// for the transport.
//
// A higher number is paid by every call from now on. A lower one is good news, to be written down
// here, so that the next rise is seen.
constexpr uint64_t kCreateAllocations = 20;
constexpr uint64_t kExchangeAllocations = 33;

Config MakeConfig() {
  Config config;
  config.api_key = Secret(std::string_view("sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e"));
  return config;
}

class AllocationsTest : public testing::Test {
 protected:
  // A call that no server of gRPC has: it is told what came, and what it sends goes nowhere.
  template <class TypedCall>
  class Unsent final : public TypedCall {
   public:
    using TypedCall::OnDone;
    using TypedCall::OnRequest;
    using TypedCall::TypedCall;

    bool replied() const { return replied_; }

   private:
    void StartBatch(const grpc_op* operations, size_t count, ServerCall::Part& /*part*/) override {
      for (size_t i = 0; i < count; ++i) replied_ |= operations[i].op == GRPC_OP_SEND_MESSAGE;
    }

    bool replied_ = false;
  };

  template <class Message>
  static uint64_t AllocationsOfParsing(const std::string& bytes) {
    Message message;
    const uint64_t before = AllocationsSoFar();
    message.ParseFromString(bytes);
    return AllocationsSoFar() - before;
  }

  // Serves one call without a server. Returns how many allocations it took, but for the parsing.
  template <class RpcCall, class Request>
  uint64_t Serve(Rpc rpc, const Request& request, HttpResponse answer) {
    grpc::CallbackServerContext context;
    grpc::internal::Call none;
    const ServerCall::Handed handed(&none, &context, nullptr, {}, nullptr, [] {});
    const std::string bytes = request.SerializeAsString();
    const uint64_t before = AllocationsSoFar();
    auto call = std::make_shared<Unsent<RpcCall>>(rpc, handed, call_parts_);
    call->Begin();
    call->OnRequest(bytes);
    loop_.Run();
    transport_.AnswerWith(std::move(answer));
    loop_.Run();
    const uint64_t after = AllocationsSoFar();
    EXPECT_TRUE(call->replied());
    call->OnDone();
    // So that an exchange is not remembered when the next call comes.
    loop_.Advance(std::chrono::hours(1));
    return after - before - AllocationsOfParsing<Request>(bytes);
  }

  uint64_t Create() {
    return Serve<CreateAuthCodeCall>(Rpc::kCreateAuthCode, DocumentedCreate(), CreateAnswer());
  }
  uint64_t Exchange() {
    return Serve<ExchangeAuthCodeCall>(Rpc::kExchangeAuthCode, DocumentedExchange(),
                                       ExchangeAnswer());
  }

  const Config config_ = MakeConfig();
  FakeLoop loop_;
  Log log_{{.sink = std::make_shared<spdlog::sinks::null_sink_mt>()}};
  Metrics metrics_;
  ReloadLog reloads_{log_, metrics_};
  PreparedTransport transport_{loop_};
  RetryBudget budget_{{}};
  CircuitBreaker breaker_{{}, [] { return 0.5; }, nullptr};
  Retrier retrier_{loop_, transport_, [] { return 0.5; }, budget_, breaker_, ADateIn1994};
  ExchangeRegistry exchanges_{loop_, retrier_, {}, ReadExchange};
  Admission admission_{1};
  UnreadReplies unread_{loop_, {}};
  Credentials credentials_{config_, loop_, nullptr};
  OAuthRpcs rpcs_{{config_, loop_, {log_, metrics_}, retrier_, exchanges_, credentials_, unread_}};
  Refusals refusals_{{log_, metrics_}, rpcs_.fingerprints()};
  ByteCounter received_;
  IncompleteRequests incomplete_{loop_, received_, {}};
  CallerAccess access_{{config_, loop_, log_, metrics_, reloads_, credentials_.caller_keys()}};
  OAuthServiceImpl service_{{loop_, rpcs_, access_, admission_, refusals_, incomplete_}};
  const Call::Parts call_parts_{loop_, incomplete_, service_};
};

// Buffers that are kept from call to call have their size after these.
constexpr int kCallsBefore = 10;

TEST_F(AllocationsTest, OfACreateAreAsManyAsStated) {
  for (int i = 0; i < kCallsBefore; ++i) Create();
  EXPECT_EQ(Create(), kCreateAllocations) << "the number has changed: see where it is stated";
}

TEST_F(AllocationsTest, OfAnExchangeAreAsManyAsStated) {
  for (int i = 0; i < kCallsBefore; ++i) Exchange();
  EXPECT_EQ(Exchange(), kExchangeAllocations) << "the number has changed: see where it is stated";
}

TEST_F(AllocationsTest, DoNotGrowFromCallToCall) {
  for (int i = 0; i < kCallsBefore + 100; ++i) {
    const uint64_t create = Create();
    const uint64_t exchange = Exchange();
    if (i < kCallsBefore) continue;
    ASSERT_EQ(create, kCreateAllocations) << "in round " << i;
    ASSERT_EQ(exchange, kExchangeAllocations) << "in round " << i;
  }
}

}  // namespace
}  // namespace modelgates::gateway
