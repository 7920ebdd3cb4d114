#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>

#include "base/event_loop.h"
#include "base/task.h"
#include "base/wait_point.h"
#include "exchange/exchange_identity.h"
#include "exchange/exchange_observer.h"
#include "exchange/exchange_result.h"
#include "exchange/exchange_state.h"
#include "exchange/flights/exchange_options.h"
#include "exchange/kept_result.h"
#include "exchange/shared/exchange_lease.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// One exchange, from its first call to the end of its memory. Its one state changes by the
// functions below; MayFollow (exchange_state.h) lists the changes there are. Loop thread only.
class ExchangeFlight final : public AttemptObserver, private Timer {
 public:
  // Who keeps flights. Both calls may destroy the flight.
  class Owner {
   public:
    // The code was not used and would be sent again, but no caller waits for it.
    virtual void OnUnsentAndAlone(ExchangeFlight& flight) = 0;
    virtual void OnMemoryOver(ExchangeFlight& flight) = 0;

   protected:
    ~Owner() = default;
  };

  // How a finished flight is kept; ttl 0: not at all.
  struct Retention {
    ExchangeState state = ExchangeState::kForgotten;
    Duration ttl{};
    int replays = 0;
  };

  // The owner's account of a flight that is remembered.
  struct Memory {
    size_t bytes = 0;
    int replays_left = 0;
    TimePoint spent_until{};  // how long it is known, after a success, that the code is spent
    std::list<ExchangeFlight*>::iterator place{};  // among those that make room, if it does
  };

  struct Parts {
    Owner& owner;
    EventLoop& loop;
    const ExchangeOptions& options;
    std::pmr::memory_resource& memory;  // for a key
  };

  // All of `parts` must outlive the flight. `call`: how the first caller wants it sent; what it
  // says of cancellation and of the length of an attempt is replaced by the rules of an exchange.
  // `observer` and `lease` may be null: without a lease no other gateway knows of the exchange.
  ExchangeFlight(const Parts& parts, const ExchangeKey& key, bool replayable, CallOptions call,
                 std::shared_ptr<ExchangeObserver> observer, std::shared_ptr<ExchangeLease> lease);
  ExchangeFlight(const ExchangeFlight&) = delete;
  ExchangeFlight& operator=(const ExchangeFlight&) = delete;
  ~ExchangeFlight() override = default;

  const ExchangeKey& key() const { return key_; }
  ExchangeState state() const { return state_; }
  // Past the point of no return: the upstream has the code, or may have it.
  bool sent() const;
  // Set when it is over. Null before.
  const KeptResult* result() const { return result_ ? &*result_ : nullptr; }
  // The result is one that another gateway brought.
  bool from_store() const { return from_store_; }
  // The shared store was not asked, or did not answer.
  bool degraded() const { return lease_ != nullptr ? lease_->degraded() : degraded_; }
  ExchangeObserver* observer() const { return observer_.get(); }
  Memory& memory() { return memory_; }

  // Callers that wait for the result.
  std::list<WaitPoint*>& waiters() { return waiters_; }
  // One more caller: its deadline may allow retries for longer.
  void Join(TimePoint deadline);

  // Sends the exchange, until result() is set. `request` holds the code and the credential: it goes
  // when this ends.
  Task<void> Run(Retrier& retrier, HttpRequest request, ExchangeReader read);
  // Ends what Run does, now: what was sent has an unknown outcome.
  void Stop() { stop_.request_stop(); }

  // How the result is to be kept.
  Retention RetentionOfResult() const;
  // From now on it is remembered, for `retention.ttl`; or not at all.
  void Remember(const Retention& retention);
  // kDone -> kSpent: the key was given as often or as long as it may be. Known for `ttl`.
  void WipeKey(Duration ttl);
  void Forget();
  // Lets the callers have the result. Gives the lease, with which the other gateways are told.
  std::shared_ptr<ExchangeLease> Publish();
  // Tells the other gateways.
  Task<void> ShareResult(std::shared_ptr<ExchangeLease> lease, Retention retention) const;

  // AttemptObserver: what the retrier and the transport do moves the state.
  void OnSendProgress(SendProgress progress) override;
  void OnAttempt(const AttemptRecord& attempt, std::string_view cause) override;
  void OnDecision(const Decision& decision) override;

 private:
  void OnTimer() override { parts_.owner.OnMemoryOver(*this); }

  void Become(ExchangeState next);
  void EndWith(ExchangeResult result);
  // Waits until this gateway has the exchange. False: it is not to be sent, and result() says why.
  Task<bool> AwaitClaim(ExchangeReader read);
  void TakeResultOfOther(std::string record, ExchangeReader read);
  void SeenElsewhere();
  void Claimed();

  const Parts parts_;
  const ExchangeKey key_;
  const bool replayable_;
  CallOptions call_;
  std::shared_ptr<ExchangeObserver> observer_;
  std::shared_ptr<ExchangeLease> lease_;
  std::stop_source stop_;
  ExchangeState state_ = ExchangeState::kReserved;
  bool outcome_unknown_ = false;  // of an attempt that is over
  bool from_store_ = false;
  bool degraded_ = false;
  std::list<WaitPoint*> waiters_;
  std::optional<KeptResult> result_;
  Memory memory_;
};

}  // namespace modelgates::gateway
