#include "exchange/flights/exchange_flight.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/secret.h"
#include "exchange/shared/exchange_record.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using UpstreamError = v1::UpstreamError;

constexpr int kNoLimit = SharedExchange::kNoLimit;

// Stop ended an exchange that was sent: for its callers the answer is lost, because they did not
// cancel.
void BecomeLost(Outcome& outcome) {
  auto* error = std::get_if<TransportError>(&outcome.last);
  if (error == nullptr || error->failure != TransportFailure::kCancelled) return;
  if (error->delivery == Delivery::kNever) return;
  error->failure = error->delivery == Delivery::kAnswered ? TransportFailure::kTruncated
                                                          : TransportFailure::kReset;
}

// Independent of the code's state, which is known after a truncated 200: its key is lost, too.
bool IsLost(const ExchangeResult& result) {
  const auto* failure = std::get_if<ExchangeFailure>(&result);
  if (failure == nullptr) return false;
  return failure->fate == CodeFate::kUnknown ||
         (failure->fate == CodeFate::kSpent && failure->outcome != nullptr &&
          std::holds_alternative<TransportError>(failure->outcome->last));
}

}  // namespace

ExchangeFlight::ExchangeFlight(const Parts& parts, const ExchangeKey& key, bool replayable,
                               RetryOptions call, std::shared_ptr<ExchangeObserver> observer,
                               std::shared_ptr<ExchangeLease> lease)
    : parts_(parts),
      key_(key),
      replayable_(replayable),
      call_(std::move(call)),
      observer_(std::move(observer)),
      lease_(std::move(lease)) {
  call_.stop = stop_.get_token();
  call_.attempt_timeout = parts_.options.cap;
  call_.attempt_may_outlive_deadline = true;
}

bool ExchangeFlight::sent() const {
  return state_ != ExchangeState::kReserved && state_ != ExchangeState::kBackoff &&
         state_ != ExchangeState::kForgotten;
}

void ExchangeFlight::Become(ExchangeState next) {
  assert(MayFollow(state_, next));
  state_ = next;
}

void ExchangeFlight::Join(TimePoint deadline) {
  call_.deadline = std::max(call_.deadline, deadline);
}

void ExchangeFlight::OnSendProgress(SendProgress progress) {
  if (state_ == ExchangeState::kRecovering) return;  // it stays sent
  switch (progress) {
    case SendProgress::kBackoff:
      Become(ExchangeState::kBackoff);
      break;
    case SendProgress::kConnecting:
      Become(ExchangeState::kReserved);
      break;
    case SendProgress::kBytesOffered:
      Become(ExchangeState::kSending);
      break;
  }
}

void ExchangeFlight::OnAttempt(const AttemptRecord& attempt, std::string_view cause) {
  outcome_unknown_ = outcome_unknown_ || attempt.outcome_unknown;
  if (observer_ != nullptr) observer_->OnAttempt(attempt, cause);
}

void ExchangeFlight::OnDecision(const Decision& decision) {
  if (observer_ != nullptr) observer_->OnDecision(decision);
  if (!decision.retry) return;
  if (outcome_unknown_) {
    // Its callers were told to repeat the call for the result, even if none waits now.
    if (state_ != ExchangeState::kRecovering) Become(ExchangeState::kRecovering);
    return;
  }
  if (lease_ != nullptr) lease_->TakeBack();
  if (waiters_.empty()) parts_.owner.OnUnsentAndAlone(*this);
}

// Another gateway has it and may have sent it. For callers this is the same as kSending.
void ExchangeFlight::SeenElsewhere() {
  if (state_ != ExchangeState::kSending) Become(ExchangeState::kSending);
}

void ExchangeFlight::Claimed() {
  if (state_ != ExchangeState::kReserved) Become(ExchangeState::kReserved);
}

Task<void> ExchangeFlight::Run(Retrier& retrier, HttpRequest request, ExchangeReader read) {
  while (true) {
    if (lease_ != nullptr) {
      Task<bool> claim = AwaitClaim(read);
      if (!co_await claim) co_return;
    }
    Task<Outcome> send = retrier.Send(request, call_, *this, lease_.get());
    Outcome outcome = co_await send;
    if (lease_ != nullptr && !sent()) {
      // Another gateway took over the claim before this one sent anything.
      if (lease_->lost()) {
        SeenElsewhere();
        continue;
      }
      if (lease_->refused()) {
        EndWith(EndedByGateway(v1::EXCHANGE_STORE_UNAVAILABLE, UpstreamError::UNSENT));
        co_return;
      }
    }
    if (sent()) BecomeLost(outcome);
    ExchangeResult result = read(std::move(outcome), observer_.get());
    if (IsLost(result) && observer_ != nullptr) observer_->OnAnswerLost();
    EndWith(std::move(result));
    co_return;
  }
}

Task<bool> ExchangeFlight::AwaitClaim(ExchangeReader read) {
  while (true) {
    Task<ExchangeLease::ClaimResult> trying = lease_->TryClaim();
    switch (co_await trying) {
      case ExchangeLease::ClaimResult::kOurs:
        Claimed();
        co_return true;
      case ExchangeLease::ClaimResult::kFinished:
        TakeResultOfOther(lease_->TakeRecord(), read);
        co_return false;
      case ExchangeLease::ClaimResult::kUnknown:
        EndWith(EndedByGateway(v1::EXCHANGE_OUTCOME_UNKNOWN, UpstreamError::UNKNOWN));
        co_return false;
      case ExchangeLease::ClaimResult::kGivenOut:
        EndWith(EndedByGateway(v1::EXCHANGE_ALREADY_COMPLETED, UpstreamError::SPENT));
        co_return false;
      case ExchangeLease::ClaimResult::kUnavailable:
        EndWith(EndedByGateway(v1::EXCHANGE_STORE_UNAVAILABLE, UpstreamError::UNSENT));
        co_return false;
      case ExchangeLease::ClaimResult::kElsewhere:
        break;
    }
    SeenElsewhere();
    // This gateway sends nothing, so the flight ends with its last caller.
    if (!waiters_.empty()) {
      WaitPoint pause(parts_.loop);
      co_await pause.Wait(parts_.loop.Now() + parts_.options.poll_interval, call_.stop);
      if (!call_.stop.stop_requested()) continue;
    }
    EndWith(EndedByGateway(v1::EXCHANGE_IN_PROGRESS, UpstreamError::IN_FLIGHT));
    co_return false;
  }
}

void ExchangeFlight::TakeResultOfOther(std::string record, ExchangeReader read) {
  std::optional<ReadRecord> other = FromExchangeRecord(record);
  Wipe(record);
  if (!other) {
    EndWith(EndedByGateway(v1::EXCHANGE_OUTCOME_UNKNOWN, UpstreamError::UNKNOWN));
    return;
  }
  from_store_ = true;
  if (auto* key = std::get_if<ApiKey>(&*other)) {
    EndWith(std::move(*key));
  } else {
    EndWith(read(std::get<Outcome>(*std::move(other)), nullptr));
  }
}

void ExchangeFlight::EndWith(ExchangeResult result) {
  result_.emplace(std::move(result), parts_.memory);
}

ExchangeFlight::Retention ExchangeFlight::RetentionOfResult() const {
  // A result from the store is kept in the store.
  if (!result_ || from_store_ || !result_->is_upstreams()) return {};
  const ExchangeOptions& options = parts_.options;
  const ExchangeFailure* failure = result_->failure();
  if (failure == nullptr) {
    // Without a waiting caller the first replay is the delivery.
    const int replays = options.max_replays + (waiters_.empty() ? 1 : 0);
    if (!replayable_ || replays <= 0) return {};
    return {ExchangeState::kDone, options.success_ttl, replays};
  }
  switch (failure->fate) {
    case CodeFate::kSpent:
      return {ExchangeState::kSpent, options.unknown_ttl, kNoLimit};
    case CodeFate::kRejected:
      return {ExchangeState::kRejected, options.rejected_ttl, kNoLimit};
    case CodeFate::kUnknown:
      return {ExchangeState::kUnknown, options.unknown_ttl, kNoLimit};
    case CodeFate::kUnsent:
      break;
  }
  return {};
}

void ExchangeFlight::Remember(const Retention& retention) {
  Become(retention.state);
  parts_.loop.Start(*this, parts_.loop.Now() + retention.ttl);
}

void ExchangeFlight::WipeKey(Duration ttl) {
  Become(ExchangeState::kSpent);
  EndWith(EndedByGateway(v1::EXCHANGE_ALREADY_COMPLETED, UpstreamError::SPENT));
  parts_.loop.Start(*this, parts_.loop.Now() + ttl);
}

void ExchangeFlight::Forget() {
  Become(ExchangeState::kForgotten);
  Cancel();
}

std::shared_ptr<ExchangeLease> ExchangeFlight::Publish() {
  degraded_ = degraded();
  observer_.reset();
  for (WaitPoint* waiter : waiters_) waiter->Notify();
  return std::exchange(lease_, nullptr);
}

Task<void> ExchangeFlight::ShareResult(std::shared_ptr<ExchangeLease> lease,
                                       Retention retention) const {
  if (retention.ttl <= Duration::zero()) {
    Task<void> forget = lease->Forget();
    co_await forget;
    co_return;
  }
  SharedExchange::Keep keep{.ttl = retention.ttl, .replays = kNoLimit, .given_out_ttl = {}};
  if (retention.state == ExchangeState::kDone) {
    keep.replays = parts_.options.max_replays;
    keep.given_out_ttl = parts_.options.unknown_ttl;
  }
  Task<void> finish = lease->Finish(ToExchangeRecord(result_->Copy()), keep);
  co_await finish;
}

}  // namespace modelgates::gateway
