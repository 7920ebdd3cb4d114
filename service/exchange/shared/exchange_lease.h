#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/event_loop.h"
#include "base/task.h"
#include "exchange/exchange_observer.h"
#include "exchange/shared/exchange_store.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// One exchange's part in the shared store, from its claim to its end: waits while another gateway
// has it, keeps the claim while it is ours, and shuts the gate when it no longer is. Loop thread
// only.
class ExchangeLease final : public AttemptGate,
                            private Timer,
                            public std::enable_shared_from_this<ExchangeLease> {
 public:
  // What is done without the store.
  enum class Outage : uint8_t {
    kGoOn,   // as if there were no store
    kRefuse  // nothing is sent
  };

  // `loop` must outlive it; `observer` may be null. `stop` ends what it would wait for before it
  // tells the store once more what came of the exchange.
  ExchangeLease(EventLoop& loop, std::unique_ptr<SharedExchange> shared, Duration length,
                Outage outage, std::stop_token stop, std::shared_ptr<ExchangeObserver> observer);

  enum class ClaimResult : uint8_t {
    kOurs,         // or nobody's, and we may go on without the store
    kElsewhere,    // another gateway is at it, and may have sent it by now
    kFinished,     // `record` says what came of it
    kUnknown,      // it may have been used, and nobody says more
    kGivenOut,     // it succeeded, and its key was given as often and as long as it may be
    kUnavailable,  // the store cannot be asked, and that means no
  };
  // Once it is kOurs, the lease is kept until Finish or Forget. Of all claims that come before it,
  // what was learned from one holds for the next: a gateway that is at it does not vanish with the
  // store.
  Task<ClaimResult> TryClaim();

  // With ClaimResult::kFinished. Secret: whoever takes it wipes it.
  std::string TakeRecord() { return std::move(record_); }

  // Records that an attempt is about to be sent. False: another gateway has it by now, or the store
  // must be asked and cannot be.
  Task<bool> Enter() override;
  // An attempt used nothing, and another one will follow.
  void TakeBack();
  // Says what came of it, or that nothing did. Tries for a while, in which the claim is kept.
  Task<void> Finish(std::string record, SharedExchange::Keep keep);
  Task<void> Forget();

  // Why the gate was shut.
  bool lost() const { return lost_; }
  bool refused() const { return refused_; }

  // Something was done, or refused, because the store could not be asked.
  bool degraded() const { return degraded_; }

 private:
  using Step = SharedExchange::Step;

  void OnTimer() override;
  Task<void> Renew();
  Task<void> TakeBackNow();
  // Takes the last step of a claim. Tries for a while when the store cannot be asked.
  Task<void> RetryUntilStored(std::function<Task<Step>()> take);
  Step Count(Step step);
  bool MayGoOn();

  EventLoop& loop_;
  const std::unique_ptr<SharedExchange> shared_;
  const Duration length_;
  const Outage outage_;
  const std::stop_token stop_;
  const std::shared_ptr<ExchangeObserver> observer_;
  std::string record_;
  bool claimed_ = false;
  bool seen_elsewhere_ = false;
  bool sending_ = false;
  bool degraded_ = false;
  bool lost_ = false;
  bool refused_ = false;
};

}  // namespace modelgates::gateway
