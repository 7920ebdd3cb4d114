#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <numeric>
#include <optional>
#include <string>

#include "exchange/flights/exchange_registry.h"
#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "unit/exchange/exchange_table.h"

namespace modelgates::gateway {

using namespace std::chrono_literals;
namespace v1 = modelgates::oauth::v1;

inline HttpResponse Key(std::string body) {
  HttpResponse response = Answer(200);
  response.body = std::move(body);
  return response;
}

inline ExchangeKey MakeKey(const std::string& identity) {
  ExchangeKey key{};
  identity.copy(reinterpret_cast<char*>(key.data()), key.size());
  return key;
}

class ExchangeTest : public testing::Test {
 protected:
  // What differs between the calls of a test.
  struct Ask {
    std::string identity = "code-1";
    std::string party{};
    Duration deadline = 60s;
    bool verifier = true;
    bool once_only = false;
    bool retries = true;
    bool recovery = false;
  };

  // One call and what came of it.
  struct Caller {
    std::stop_source stop;
    int replies = 0;
    ExchangeRegistry::Reply reply;
    TimePoint replied_at{};

    bool done() const { return replies > 0; }
    const ApiKey* key() const { return std::get_if<ApiKey>(&reply.result); }
    const ExchangeFailure& failure() const { return std::get<ExchangeFailure>(reply.result); }
    // Why the gateway ended the call by itself; unspecified when it did not.
    v1::ErrorReason Reason() const {
      return key() != nullptr ? v1::ERROR_REASON_UNSPECIFIED : failure().reason;
    }
    // The upstream may have the code, and the call was told no more than that.
    bool InFlight() const {
      return key() == nullptr && failure().auth_code_state == v1::UpstreamError::IN_FLIGHT;
    }
    // Of a failure.
    bool HasOutcome() const { return failure().outcome != nullptr; }
    const Outcome& outcome() const { return *failure().outcome; }
    void Drop() { reply.result = ExchangeFailure(); }

    // The key, or of a failure the body of the answer, "status n" without one, or the name of what
    // went wrong; "-" for none.
    std::string Got() const {
      if (key() != nullptr) return std::string(key()->key.Reveal());
      if (!HasOutcome()) return "-";
      if (const auto* error = std::get_if<TransportError>(&outcome().last)) {
        return std::string(ToString(error->failure));
      }
      const auto& response = std::get<HttpResponse>(outcome().last);
      return response.body.empty() ? "status " + std::to_string(response.status) : response.body;
    }
  };

  // Whatever a test left running comes to its end, and leaves nothing behind.
  void TearDown() override {
    EXPECT_TRUE(loop_.AdvanceUntilIdle());
    if (exchanges_) {
      EXPECT_EQ(Known(), 0u);
    }
    for (const Caller& caller : callers_) EXPECT_EQ(caller.replies, 1);
  }

  void Use(ExchangeOptions options, ExchangeStore* store = nullptr) {
    exchanges_.emplace(loop_, retrier_, options, ReadByTable, store);
  }

  // Begins a call and runs what can run without waiting.
  Caller& Begin(const Ask& ask) {
    Caller& caller = callers_.emplace_back();
    Spawn(Serve(caller, ask));
    loop_.Run();
    return caller;
  }
  Caller& Begin() { return Begin(Ask()); }

  // Makes a whole call, however long it waits.
  Caller& Finish(const Ask& ask) {
    Caller& caller = Begin(ask);
    while (!caller.done() && loop_.HasTimer()) loop_.Advance(10ms);
    return caller;
  }
  Caller& Finish() { return Finish(Ask()); }

  void Leave(Caller& caller) {
    caller.stop.request_stop();
    loop_.Run();
  }

  // One call as a coroutine, for those that begin within a turn of the loop.
  Task<void> Serve(Caller& caller, Ask ask) { return Serve(caller, std::move(ask), *exchanges_); }
  Task<void> Serve(Caller& caller, Ask ask, ExchangeRegistry& exchanges) {
    ExchangeRegistry::Caller call;
    call.key = MakeKey(ask.identity);
    call.identity = {.auth_code = ask.identity};
    call.party = ask.party;
    call.replayable = ask.verifier;
    call.once_only = ask.once_only;
    call.deadline = loop_.Now() + ask.deadline;
    call.stop = caller.stop.get_token();

    RetryOptions options;
    options.policy.enabled = ask.retries;
    options.policy.jitter = 0ms;
    options.deadline = call.deadline;
    options.attempt_timeout = 1s;  // of no meaning for an exchange
    options.classify = ClassifyExchange;
    options.repeat = ask.recovery ? Repeat::kOneRecovery : Repeat::kOnlyUnsent;
    options.started = loop_.Now();

    HttpRequest request("/auth/keys");
    request.set_body(ask.identity);
    Task<ExchangeRegistry::Reply> run =
        exchanges.Run(std::move(call), std::move(request), std::move(options), observer_);
    caller.reply = co_await run;
    caller.replied_at = loop_.Now();
    ++caller.replies;
  }

  size_t Sends() const { return transport_.sends().size(); }

  size_t Count(ExchangeState state) const {
    return exchanges_->CountStates()[static_cast<size_t>(state)];
  }

  // Every exchange, under way or remembered.
  size_t Known() const {
    const ExchangeCounts counts = exchanges_->CountStates();
    return std::accumulate(counts.begin(), counts.end(), size_t{0});
  }

  // Counts what is told of exchanges.
  struct Observer final : ExchangeObserver {
    void OnAnswerLost() override { ++lost; }
    void OnMemoryFull() override { ++memory_full; }
    void OnStoreUnavailable() override { ++store_unavailable; }
    int lost = 0;
    int memory_full = 0;
    int store_unavailable = 0;
  };

  const std::shared_ptr<Observer> observer_ = std::make_shared<Observer>();
  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  UnlimitedRetrier retrier_{loop_, transport_, [] { return 0.0; }};
  std::optional<ExchangeRegistry> exchanges_{std::in_place, loop_, retrier_, ExchangeOptions{},
                                             ReadByTable};
  std::deque<Caller> callers_;
};

}  // namespace modelgates::gateway
