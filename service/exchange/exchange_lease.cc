#include "exchange/exchange_lease.h"

#include <chrono>
#include <utility>

#include "base/secret.h"
#include "base/wait_point.h"

namespace modelgates::gateway {
namespace {

// A store that is away for a moment still learns what came of an exchange.
constexpr int kFinishTries = 3;
constexpr std::chrono::milliseconds kFinishInterval{500};

}  // namespace

ExchangeLease::ExchangeLease(EventLoop& loop, std::unique_ptr<SharedExchange> shared,
                             Duration length, Outage outage,
                             std::shared_ptr<ExchangeObserver> observer)
    : loop_(loop),
      shared_(std::move(shared)),
      length_(length),
      outage_(outage),
      observer_(std::move(observer)) {}

bool ExchangeLease::MayGoOn() {
  if (observer_ != nullptr) observer_->OnStoreUnavailable();
  refused_ = outage_ == Outage::kRefuse;
  return !refused_;
}

Task<ExchangeLease::Claim> ExchangeLease::TryClaim() {
  lost_ = refused_ = false;
  Task<SharedExchange::Claimed> claim = shared_->Claim();
  SharedExchange::Claimed claimed = co_await claim;
  switch (claimed.found) {
    case SharedExchange::Found::kClaimed:
      claimed_ = true;
      seen_elsewhere_ = sent_elsewhere_ = false;
      loop_.Start(*this, loop_.Now() + length_ / 3);
      co_return Claim::kOurs;
    case SharedExchange::Found::kReserved:
    case SharedExchange::Found::kSending:
      seen_elsewhere_ = true;
      sent_elsewhere_ = claimed.found == SharedExchange::Found::kSending;
      co_return Claim::kElsewhere;
    case SharedExchange::Found::kFinished:
      record_ = std::move(claimed.record);
      co_return Claim::kFinished;
    case SharedExchange::Found::kLost:
    case SharedExchange::Found::kUnreadable:
      co_return Claim::kUnknown;
    case SharedExchange::Found::kUnavailable:
      break;
  }
  const bool may_go_on = MayGoOn();
  if (seen_elsewhere_) co_return Claim::kElsewhere;
  co_return may_go_on ? Claim::kOurs : Claim::kUnavailable;
}

Task<bool> ExchangeLease::Enter() {
  if (!claimed_) co_return true;
  Task<Step> begin = shared_->BeginSending();
  switch (co_await begin) {
    case Step::kDone:
      co_return true;
    case Step::kNotOurs:
      lost_ = true;
      claimed_ = false;
      Cancel();
      co_return false;
    case Step::kUnavailable:
      break;
  }
  co_return MayGoOn();
}

void ExchangeLease::TakeBack() {
  if (claimed_) Spawn(TakeBackNow());
}

Task<void> ExchangeLease::TakeBackNow() {
  const auto self = shared_from_this();
  Task<Step> step = shared_->TakeBack();
  co_await step;  // if it fails, a crash of ours leaves an unknown outcome where none was
}

void ExchangeLease::OnTimer() { Spawn(Renew()); }

Task<void> ExchangeLease::Renew() {
  const auto self = shared_from_this();
  Task<Step> step = shared_->Renew();
  co_await step;  // whether it is still ours is asked before each attempt
  if (claimed_) loop_.Start(*this, loop_.Now() + length_ / 3);
}

Task<void> ExchangeLease::Finish(std::string record, SharedExchange::Keep keep) {
  const auto self = shared_from_this();
  for (int tries = 0; claimed_ && tries < kFinishTries; ++tries) {
    Task<Step> finish = shared_->Finish(record, keep);
    if (co_await finish != Step::kUnavailable) break;
    if (observer_ != nullptr) observer_->OnStoreUnavailable();
    WaitPoint pause(loop_);
    const std::stop_token never;
    co_await pause.Wait(loop_.Now() + kFinishInterval, never);
  }
  claimed_ = false;
  Cancel();
  Wipe(record);
}

Task<void> ExchangeLease::Forget() {
  const auto self = shared_from_this();
  Cancel();
  if (!std::exchange(claimed_, false)) co_return;
  Task<Step> forget = shared_->Forget();
  co_await forget;  // else the lease ends by itself
}

}  // namespace modelgates::gateway
