#include "exchange/shared/exchange_lease.h"

#include <chrono>
#include <utility>

#include "base/secret.h"
#include "base/wait_point.h"

namespace modelgates::gateway {
namespace {

// The result is also stored after a short outage of the store. After a missed answer the client
// fails every step until it has connected again, which takes one to two seconds.
constexpr int kLastTries = 4;
constexpr std::chrono::seconds kLastInterval{2};

}  // namespace

ExchangeLease::ExchangeLease(EventLoop& loop, std::unique_ptr<SharedExchange> shared,
                             Duration length, Outage outage, std::stop_token stop,
                             std::shared_ptr<ExchangeObserver> observer)
    : loop_(loop),
      shared_(std::move(shared)),
      length_(length),
      outage_(outage),
      stop_(std::move(stop)),
      observer_(std::move(observer)) {}

SharedExchange::Step ExchangeLease::Count(Step step) {
  if (step == Step::kUnavailable && observer_ != nullptr) observer_->OnStoreUnavailable();
  return step;
}

bool ExchangeLease::MayGoOn() {
  degraded_ = true;
  refused_ = outage_ == Outage::kRefuse;
  return !refused_;
}

Task<ExchangeLease::ClaimResult> ExchangeLease::TryClaim() {
  lost_ = refused_ = false;
  Task<SharedExchange::Claimed> claim = shared_->Claim();
  SharedExchange::Claimed claimed = co_await claim;
  switch (claimed.found) {
    case SharedExchange::Found::kClaimed:
      claimed_ = true;
      seen_elsewhere_ = false;
      loop_.Start(*this, loop_.Now() + length_ / 3);
      co_return ClaimResult::kOurs;
    case SharedExchange::Found::kReserved:
    case SharedExchange::Found::kSending:
      seen_elsewhere_ = true;
      co_return ClaimResult::kElsewhere;
    case SharedExchange::Found::kFinished:
      record_ = std::move(claimed.record);
      co_return ClaimResult::kFinished;
    case SharedExchange::Found::kGivenOut:
      co_return ClaimResult::kGivenOut;
    case SharedExchange::Found::kLost:
    case SharedExchange::Found::kUnreadable:
      co_return ClaimResult::kUnknown;
    case SharedExchange::Found::kUnavailable:
      break;
  }
  Count(Step::kUnavailable);
  const bool may_go_on = MayGoOn();
  if (seen_elsewhere_) co_return ClaimResult::kElsewhere;
  co_return may_go_on ? ClaimResult::kOurs : ClaimResult::kUnavailable;
}

Task<bool> ExchangeLease::MayAttempt() {
  if (!claimed_) co_return true;
  sending_ = true;
  Task<Step> begin = shared_->BeginSending();
  const Step begun = co_await begin;
  if (Count(begun) == Step::kUnavailable) co_return MayGoOn();
  if (begun == Step::kDone) co_return true;
  lost_ = true;
  seen_elsewhere_ = true;
  claimed_ = false;
  Cancel();
  co_return false;
}

void ExchangeLease::TakeBack() {
  if (!claimed_) return;
  sending_ = false;
  Spawn(TakeBackNow());
}

Task<void> ExchangeLease::TakeBackNow() {
  const auto self = shared_from_this();
  Task<Step> step = shared_->TakeBack();
  // If this fails and the gateway crashes, the outcome is unknown although nothing was sent.
  const Step taken = co_await step;
  Count(taken);
}

void ExchangeLease::OnTimer() { Spawn(Renew()); }

Task<void> ExchangeLease::Renew() {
  const auto self = shared_from_this();
  // The store may have missed the step to SENDING, so it is repeated instead of a plain renewal.
  Task<Step> step = sending_ ? shared_->BeginSending() : shared_->Renew();
  // MayAttempt checks before each attempt whether the claim is still valid.
  const Step renewed = co_await step;
  Count(renewed);
  if (claimed_) loop_.Start(*this, loop_.Now() + length_ / 3);
}

Task<void> ExchangeLease::Finish(std::string record, SharedExchange::Keep keep) {
  const auto self = shared_from_this();
  Task<void> last = RetryUntilStored([&] { return shared_->Finish(record, keep); });
  co_await last;
  Wipe(record);
}

Task<void> ExchangeLease::Forget() {
  const auto self = shared_from_this();
  Task<void> last = RetryUntilStored([this] { return shared_->Forget(); });
  co_await last;
}

Task<void> ExchangeLease::RetryUntilStored(std::function<Task<Step>()> take) {
  for (int tries = 0; claimed_ && tries < kLastTries; ++tries) {
    if (tries > 0) {
      WaitPoint pause(loop_);
      const TimePoint until = loop_.Now() + kLastInterval;
      const WaitPoint::Result woken = co_await pause.Wait(until, stop_);
      if (woken == WaitPoint::Result::kStopped) break;
    }
    Task<Step> step = take();
    const Step taken = co_await step;
    if (Count(taken) != Step::kUnavailable) break;
  }
  claimed_ = false;
  Cancel();
}

}  // namespace modelgates::gateway
