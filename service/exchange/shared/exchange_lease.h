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

// The claim of one exchange in the shared store, from start to end: waits while another gateway has
// the exchange, renews the claim while this gateway has it, and shuts the gate when the claim is
// lost. Loop thread only.
class ExchangeLease final : public AttemptGate,
                            private Timer,
                            public std::enable_shared_from_this<ExchangeLease> {
 public:
  // What happens without the store.
  enum class Outage : uint8_t {
    kGoOn,   // exchanges are served without it
    kRefuse  // nothing is sent
  };

  // `loop` must outlive it; `observer` may be null. A request on `stop` ends the waits between
  // attempts to store the result.
  ExchangeLease(EventLoop& loop, std::unique_ptr<SharedExchange> shared, Duration length,
                Outage outage, std::stop_token stop, std::shared_ptr<ExchangeObserver> observer);

  enum class ClaimResult : uint8_t {
    kOurs,         // claimed, or served without the store
    kElsewhere,    // another gateway runs it and may have sent it
    kFinished,     // `record` has the result
    kUnknown,      // the code may have been used, and the result is lost
    kGivenOut,     // it succeeded, and its key is no longer kept
    kUnavailable,  // the store does not answer and is required
  };
  // After kOurs the lease is renewed until Finish or Forget. What an earlier claim learned stays
  // valid for later ones: another gateway that runs the exchange does not disappear with the store.
  Task<ClaimResult> TryClaim();

  // With ClaimResult::kFinished. Secret: the caller wipes it.
  std::string TakeRecord() { return std::move(record_); }

  // Records that an attempt is about to be sent. False: another gateway has the exchange now, or
  // the store is required and does not answer.
  Task<bool> MayAttempt() override;
  // Records that an attempt did not use the code and that another one follows.
  void TakeBack();
  // Stores the result, or that there is none. Retries for some time, during which the claim is
  // renewed.
  Task<void> Finish(std::string record, SharedExchange::Keep keep);
  Task<void> Forget();

  // The reason why the gate was shut.
  bool lost() const { return lost_; }
  bool refused() const { return refused_; }

  // Whether the store did not answer, so that the exchange was served without it or refused.
  bool degraded() const { return degraded_; }

 private:
  using Step = SharedExchange::Step;

  void OnTimer() override;
  Task<void> Renew();
  Task<void> TakeBackNow();
  // Takes the last step of a claim. Retries for some time while the store does not answer.
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
