#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "exchange/flights/exchange_registry.h"
#include "exchange/shared/exchange_record.h"
#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "unit/exchange/exchange_table.h"
#include "unit/exchange/model/exchange_model.h"

namespace modelgates::gateway::model {

// A gateway of the program that waits at each step in the store and at each attempt, until the
// model says how it goes.

inline constexpr Duration kForEver = std::chrono::hours(100'000);
inline constexpr Duration kPoll = std::chrono::milliseconds(100);

// Of all gateways. The state itself is the model's.
struct WhatStoreKnows {
  uint8_t fences = 0;  // given until now
  std::string key;     // the record of each result
  std::string unknown;
};

inline ExchangeOptions GatedOptions() {
  ExchangeOptions options;
  options.cap = options.success_ttl = options.unknown_ttl = options.rejected_ttl = kForEver;
  options.max_replays = 1;
  options.outage = ExchangeLease::Outage::kRefuse;
  options.poll_interval = kPoll;
  return options;
}

// Somebody who waits until the model says how a step goes.
struct AtStore {
  AtStore(EventLoop& loop, uint8_t of_fence, Step of_step)
      : point(loop), fence(of_fence), step(of_step) {}
  WaitPoint point;
  const uint8_t fence;
  const Step step;
  SharedExchange::Claimed claimed;
  SharedExchange::Step taken = SharedExchange::Step::kUnavailable;
};

struct AtUpstream {
  AtUpstream(EventLoop& loop, SendObserver* told) : point(loop), observer(told) {}
  WaitPoint point;
  SendObserver* const observer;
  bool offered = false;
  HttpResult result;
};

class GatedStore final : public ExchangeStore {
 public:
  GatedStore(WhatStoreKnows& known, EventLoop& loop) : known_(known), loop_(loop) {}

  std::unique_ptr<SharedExchange> Open(const ExchangeIdentity& /*identity*/) override {
    return std::make_unique<Exchange>(*this, ++known_.fences);
  }
  // No renewal is due: the model makes those.
  Duration lease() const override { return kForEver; }

  std::list<AtStore*> waiting;

 private:
  class Exchange final : public SharedExchange {
   public:
    Exchange(GatedStore& store, uint8_t fence) : store_(store), fence_(fence) {}

    Task<Claimed> Claim() override {
      AtStore here(store_.loop_, fence_, model::Step::kClaim);
      Task<void> wait = store_.Wait(here);
      co_await wait;
      co_return std::move(here.claimed);
    }
    Task<Step> BeginSending() override { return Take(model::Step::kBegin); }
    Task<Step> TakeBack() override { return Take(model::Step::kTakeBack); }
    Task<Step> Renew() override { return Take(model::Step::kNone); }
    Task<Step> Finish(std::string_view record, Keep /*keep*/) override {
      const std::optional<ReadRecord> read = FromExchangeRecord(record);
      const bool is_key = read && std::holds_alternative<ApiKey>(*read);
      (is_key ? store_.known_.key : store_.known_.unknown) = record;
      return Take(is_key ? model::Step::kFinishKey : model::Step::kFinishUnknown);
    }
    Task<Step> Forget() override { return Take(model::Step::kForget); }

   private:
    Task<Step> Take(model::Step step) {
      AtStore here(store_.loop_, fence_, step);
      Task<void> wait = store_.Wait(here);
      co_await wait;
      co_return here.taken;
    }

    GatedStore& store_;
    const uint8_t fence_;
  };

  Task<void> Wait(AtStore& here) {
    const auto place = waiting.insert(waiting.end(), &here);
    const std::stop_token never;
    co_await here.point.Wait(TimePoint::max(), never);
    waiting.erase(place);
  }

  WhatStoreKnows& known_;
  EventLoop& loop_;
};

class GatedTransport final : public HttpTransport {
 public:
  explicit GatedTransport(EventLoop& loop) : loop_(loop) {}

  Task<HttpResult> Send(const HttpRequest& /*request*/, SendOptions options) override {
    AtUpstream here(loop_, options.observer);
    const auto place = waiting.insert(waiting.end(), &here);
    const WaitPoint::Result woken = co_await here.point.Wait(TimePoint::max(), options.stop);
    waiting.erase(place);
    if (woken != WaitPoint::Result::kStopped) co_return std::move(here.result);
    co_return TransportError{TransportFailure::kCancelled,
                             here.offered ? Delivery::kMaybe : Delivery::kNever};
  }

  std::list<AtUpstream*> waiting;

 private:
  EventLoop& loop_;
};

struct GatedGateway {
  explicit GatedGateway(WhatStoreKnows& known) : store(known, loop) {}
  FakeLoop loop;
  GatedStore store;
  GatedTransport transport{loop};
  UnlimitedRetrier retrier{loop, transport, [] { return 0.0; }};
  ExchangeRegistry exchanges{loop, retrier, GatedOptions(), ReadByTable, &store};
};

// What a caller learns of its code.
inline Told ToldBy(const ExchangeRegistry::Reply& reply) {
  const auto* failure = std::get_if<ExchangeFailure>(&reply.result);
  if (failure == nullptr) return Told::kKey;
  if (failure->outcome != nullptr) {
    switch (failure->fate) {
      case CodeFate::kSpent:
        return Told::kSpent;
      case CodeFate::kRejected:
        return Told::kInvalid;
      case CodeFate::kUnknown:
        return Told::kUnknown;
      case CodeFate::kUnsent:
        return Told::kUnsent;
    }
  }
  switch (failure->auth_code_state) {
    case oauth::v1::UpstreamError::SPENT:
      return Told::kSpent;
    case oauth::v1::UpstreamError::UNKNOWN:
      return Told::kUnknown;
    case oauth::v1::UpstreamError::IN_FLIGHT:
      return Told::kInFlight;
    default:
      return Told::kUnsent;
  }
}

}  // namespace modelgates::gateway::model
