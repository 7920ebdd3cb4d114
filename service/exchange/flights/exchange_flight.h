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
#include "exchange/flights/memory_shares.h"
#include "exchange/kept_result.h"
#include "exchange/shared/exchange_lease.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// One exchange, from its first call until it is forgotten. It has one state, which the functions
// below change; MayFollow (exchange_state.h) lists the possible changes. Loop thread only.
class ExchangeFlight final : public AttemptObserver, private Timer {
 public:
  // The owner of flights. Both functions may destroy the flight.
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

  // What the owner records about a flight that is kept.
  struct Memory {
    size_t bytes = 0;
    MemoryShares::Share share{};  // empty for what is dropped to make room
    int replays_left = 0;
    TimePoint spent_until{};  // after a success: until when the spent code is known
    std::list<ExchangeFlight*>::iterator place{};  // in one of the owner's lists
  };

  struct Parts {
    Owner& owner;
    EventLoop& loop;
    const ExchangeOptions& options;
    std::pmr::memory_resource& memory;  // for a key
  };

  // `parts` must outlive the flight. `call`: the options of the first caller; stop and limits of an
  // attempt are replaced by those of an exchange. `observer` and `lease` may be null; without a
  // lease the exchange is not shared with other gateways.
  ExchangeFlight(const Parts& parts, const ExchangeKey& key, bool replayable, RetryOptions call,
                 std::shared_ptr<ExchangeObserver> observer, std::shared_ptr<ExchangeLease> lease);
  ExchangeFlight(const ExchangeFlight&) = delete;
  ExchangeFlight& operator=(const ExchangeFlight&) = delete;
  ~ExchangeFlight() override = default;

  const ExchangeKey& key() const { return key_; }
  ExchangeState state() const { return state_; }
  // The upstream has the code, or may have it.
  bool sent() const;
  // Null until the exchange has ended.
  const KeptResult* result() const { return result_ ? &*result_ : nullptr; }
  // Another gateway stored the result.
  bool from_store() const { return from_store_; }
  // The shared store was not asked, or did not answer.
  bool degraded() const { return lease_ != nullptr ? lease_->degraded() : degraded_; }
  ExchangeObserver* observer() const { return observer_.get(); }
  Memory& memory() { return memory_; }

  // Callers that wait for the result.
  std::list<WaitPoint*>& waiters() { return waiters_; }
  // Adds a caller, whose deadline may allow retries for longer.
  void Join(TimePoint deadline);

  // Sends the exchange and sets result(). Destroys `request`, which contains secrets, at its end.
  Task<void> Run(Retrier& retrier, HttpRequest request, ExchangeReader read);
  // Ends Run at once. If the exchange was sent, its outcome is unknown.
  void Stop() { stop_.request_stop(); }

  Retention RetentionOfResult() const;
  // Keeps the result for `retention.ttl`.
  void Remember(const Retention& retention);
  // kDone -> kSpent: wipes the key. The spent code is known for `ttl`.
  void WipeKey(Duration ttl);
  void Forget();
  // Wakes the callers. Returns the lease, for ShareResult.
  std::shared_ptr<ExchangeLease> Publish();
  // Stores the result for the other gateways.
  Task<void> ShareResult(std::shared_ptr<ExchangeLease> lease, Retention retention) const;

  // AttemptObserver: retrier and transport change the state by these.
  void OnSendProgress(SendProgress progress) override;
  void OnAttempt(const AttemptRecord& attempt, std::string_view cause) override;
  void OnDecision(const Decision& decision) override;

 private:
  void OnTimer() override { parts_.owner.OnMemoryOver(*this); }

  void Become(ExchangeState next);
  void EndWith(ExchangeResult result);
  // Waits until this gateway has claimed the exchange. False: it must not be sent; see result().
  Task<bool> AwaitClaim(ExchangeReader read);
  void TakeResultOfOther(std::string record, ExchangeReader read);
  void SeenElsewhere();
  void Claimed();

  const Parts parts_;
  const ExchangeKey key_;
  const bool replayable_;
  RetryOptions call_;
  std::shared_ptr<ExchangeObserver> observer_;
  std::shared_ptr<ExchangeLease> lease_;
  std::stop_source stop_;
  ExchangeState state_ = ExchangeState::kReserved;
  bool outcome_unknown_ = false;  // of an attempt that has ended
  bool from_store_ = false;
  bool degraded_ = false;
  std::list<WaitPoint*> waiters_;
  std::optional<KeptResult> result_;
  Memory memory_;
};

}  // namespace modelgates::gateway
