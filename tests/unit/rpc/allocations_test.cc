#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include "frontend/oauth_service.h"
#include "rpc/read_exchange.h"
#include "support/allocation_counter.h"
#include "support/documented_messages.h"
#include "support/fake_loop.h"
#include "support/prepared_transport.h"

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
  template <class Request, class Reply>
  using Handler = grpc::ServerUnaryReactor* (OAuthServiceImpl::*)(grpc::CallbackServerContext*,
                                                                  const Received<Request>*, Reply*);

  // Serves one call without a server: its context holds what a handler leaves there, and its
  // reactor is bound to nothing. Returns how many allocations it took.
  template <class Request, class Reply>
  uint64_t Serve(Handler<Request, Reply> handler, const Request& request, HttpResponse answer,
                 Reply& reply) {
    grpc::CallbackServerContext context;
    const Received<Request> received{request};
    const uint64_t before = AllocationsSoFar();
    grpc::internal::ServerReactor* reactor = (service_.*handler)(&context, &received, &reply);
    loop_.Run();
    transport_.AnswerWith(std::move(answer));
    loop_.Run();
    const uint64_t after = AllocationsSoFar();
    reactor->OnDone();
    // So that an exchange is not remembered when the next call comes.
    loop_.Advance(std::chrono::hours(1));
    return after - before;
  }

  uint64_t Create() {
    oauth::v1::CreateAuthCodeResponse reply;
    const uint64_t allocations =
        Serve(&OAuthServiceImpl::CreateAuthCode, DocumentedCreate(), CreateAnswer(), reply);
    EXPECT_TRUE(reply.data().has_created_at());
    return allocations;
  }

  uint64_t Exchange() {
    oauth::v1::ExchangeAuthCodeResponse reply;
    const uint64_t allocations =
        Serve(&OAuthServiceImpl::ExchangeAuthCode, DocumentedExchange(), ExchangeAnswer(), reply);
    EXPECT_TRUE(reply.has_user_id());
    return allocations;
  }

  const Config config_ = MakeConfig();
  FakeLoop loop_;
  Log log_{{.sink = std::make_shared<spdlog::sinks::null_sink_mt>()}};
  Metrics metrics_;
  PreparedTransport transport_{loop_};
  RetryBudget budget_{{}};
  CircuitBreaker breaker_{{}, [] { return 0.5; }, nullptr};
  Retrier retrier_{loop_, transport_, [] { return 0.5; }, &budget_, &breaker_};
  ExchangeRegistry exchanges_{loop_, retrier_, {}, ReadExchange};
  Admission admission_{1};
  UnreadReplies unread_{loop_, {}};
  Credentials credentials_{config_, loop_, nullptr};
  OAuthRpcs rpcs_{{config_, loop_, log_, metrics_, retrier_, exchanges_, credentials_, unread_}};
  Refusals refusals_{log_, metrics_, rpcs_.fingerprints()};
  OAuthServiceImpl service_{loop_, rpcs_, admission_, refusals_};
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
