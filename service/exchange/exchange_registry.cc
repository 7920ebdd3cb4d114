#include "exchange/exchange_registry.h"

#include <algorithm>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/wait_point.h"
#include "exchange/shared/exchange_record.h"

namespace modelgates::gateway {

namespace {

constexpr int kNoLimit = SharedExchange::kNoLimit;

// Sent, then given up by Abort: for its callers that is a lost answer, not a call that they
// cancelled.
void BecomeLost(Outcome& outcome) {
  auto* error = std::get_if<TransportError>(&outcome.last);
  if (error == nullptr || error->failure != TransportFailure::kCancelled) return;
  if (error->delivery == Delivery::kNever) return;
  error->failure = error->delivery == Delivery::kAnswered ? TransportFailure::kTruncated
                                                          : TransportFailure::kReset;
}

// Whatever the code's state: of a 200 that broke off it is known, and its key is lost all the same.
bool IsLost(ExchangeResult result, const Outcome& outcome) {
  return result == ExchangeResult::kUnknown ||
         (result == ExchangeResult::kSpent && std::holds_alternative<TransportError>(outcome.last));
}

size_t Index(ExchangeState state) { return static_cast<size_t>(state); }

}  // namespace

// One exchange from its first call to the end of its memory.
struct ExchangeRegistry::Flight final : Timer, AttemptObserver {
  Flight(ExchangeRegistry& registry_in, const Call& call, CallOptions options_in,
         std::shared_ptr<ExchangeObserver> observer_in)
      : registry(registry_in),
        key(call.key),
        replayable(call.replayable),
        options(std::move(options_in)),
        observer(std::move(observer_in)) {
    if (registry.store_ != nullptr && !call.once_only) {
      lease = std::make_shared<ExchangeLease>(registry.loop_, registry.store_->Open(call.identity),
                                              registry.store_->lease(), registry.options_.outage,
                                              registry.aborted_.get_token(), observer);
      options.gate = lease.get();
    }
    options.stop = stop.get_token();
    options.attempt_timeout = registry.options_.cap;
    options.attempt_may_outlive_deadline = true;
    if (call.once_only) options.repeat = Repeat::kOnlyUnsent;
  }

  void OnTimer() override {
    if (memory == ExchangeState::kDone) {
      registry.WipeKey(*this);
    } else {
      registry.Forget(*this);
    }
  }

  void OnSendProgress(SendProgress progress) override {
    offered = progress == SendProgress::kBytesOffered;
  }

  void OnAttempt(const AttemptRecord& attempt, std::string_view cause) override {
    outcome_unknown = outcome_unknown || attempt.outcome_unknown;
    if (observer != nullptr) observer->OnAttempt(attempt, cause);
  }

  void OnDecision(const Decision& decision) override {
    if (observer != nullptr) observer->OnDecision(decision);
    if (!decision.retry) return;
    if (outcome_unknown) {
      // Its callers were told to come back for the result, whether or not one is there now.
      recovering = true;
      return;
    }
    backoff_end = registry.loop_.Now() + decision.delay;
    if (lease != nullptr) lease->TakeBack();
    // To be tried again means that the code was not used. Nobody is left to try it for.
    if (waiters.empty()) registry.Drop(*this);
  }

  ExchangeState state() const {
    if (memory) return *memory;
    if (recovering) return ExchangeState::kRecovering;
    if (offered) return ExchangeState::kSending;
    return registry.loop_.Now() < backoff_end ? ExchangeState::kBackoff : ExchangeState::kReserved;
  }

  ExchangeRegistry& registry;
  const ExchangeKey key;
  const bool replayable;
  CallOptions options;
  std::shared_ptr<ExchangeObserver> observer;
  std::shared_ptr<ExchangeLease> lease;  // null: no gateway but this one knows of it
  std::stop_source stop;
  bool offered = false;
  bool outcome_unknown = false;  // of an attempt that is over
  bool recovering = false;
  TimePoint backoff_end{};
  std::list<WaitPoint*> waiters;
  std::optional<KeptAnswer> answer;          // set when it is over, unless `end` is
  std::optional<End> end;                    // once its key is wiped, too
  bool from_store = false;                   // the answer is another gateway's
  bool degraded = false;                     // as its lease said in the end
  ExchangeResult result{};                   // of that
  std::optional<ExchangeState> memory;       // set while it is remembered
  size_t bytes = 0;                          // counted while it is remembered
  std::list<const Flight*>::iterator place;  // among those that make room, if it does
  int replays_left = 0;
  TimePoint spent_until{};  // of a success: how long that is known without the key
};

ExchangeRegistry::ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options,
                                   Reader reader, ExchangeStore* store,
                                   std::pmr::memory_resource& memory)
    : loop_(loop),
      retrier_(retrier),
      options_(options),
      reader_(reader),
      store_(store),
      memory_(memory) {}

ExchangeRegistry::~ExchangeRegistry() = default;

ExchangeCounts ExchangeRegistry::CountStates() const {
  ExchangeCounts counts = remembered_;
  for (const Flight* flight : running_) ++counts[Index(flight->state())];
  return counts;
}

ExchangeRegistry::FlightPtr ExchangeRegistry::Find(const ExchangeKey& key) const {
  const auto found = flights_.find(key);
  return found == flights_.end() ? nullptr : found->second;
}

Task<ExchangeRegistry::Reply> ExchangeRegistry::Run(Call call, HttpRequest request,
                                                    CallOptions options,
                                                    std::shared_ptr<ExchangeObserver> observer) {
  Reply reply;
  FlightPtr flight = call.once_only ? nullptr : Find(call.key);
  if (call.stop.stop_requested()) {
    // Neither a request nor a replay is spent on a caller that has left.
    reply.end = End::kCancelled;
    reply.sent = flight != nullptr && flight->offered;
    co_return reply;
  }
  if (flight != nullptr && flight->answer) {
    reply.replayed = true;
    reply.sent = flight->offered;
    reply.result = flight->result;
    reply.outcome = flight->answer->Copy();
    if (--flight->replays_left == 0) WipeKey(*flight);
    co_return reply;
  }
  if (flight != nullptr && flight->memory) {
    reply.end = *flight->end;
    co_return reply;
  }
  if (flight != nullptr && flight->waiters.size() >= options_.max_waiters) {
    reply.end = End::kCrowded;
    reply.sent = flight->offered;
    co_return reply;
  }

  reply.joined = flight != nullptr;
  if (!reply.joined && running_.size() >= options_.max_running) {
    reply.end = End::kCrowded;
    co_return reply;
  }
  if (reply.joined) {
    flight->options.deadline = std::max(flight->options.deadline, options.deadline);
  } else {
    flight = std::make_shared<Flight>(*this, call, std::move(options), std::move(observer));
  }
  // Waits before anything begins, so that a flight without waiters is one that all have left.
  WaitPoint point(loop_);
  const auto self = flight->waiters.insert(flight->waiters.end(), &point);
  if (!reply.joined) {
    if (!call.once_only && MakeRoom(1, 0)) {
      flights_.emplace(call.key, flight);
    } else if (!call.once_only && flight->observer != nullptr) {
      flight->observer->OnMemoryFull();
    }
    running_.insert(flight.get());
    Spawn(Fly(flight, std::move(request)));
  }
  const WaitPoint::Result waited = co_await point.Wait(call.deadline, call.stop);
  flight->waiters.erase(self);

  reply.sent = flight->offered;
  reply.replayed = flight->from_store;
  reply.degraded = flight->lease != nullptr ? flight->lease->degraded() : flight->degraded;
  if (flight->answer) {
    reply.result = flight->result;
    reply.outcome = flight->answer->Copy();
    co_return reply;
  }
  if (flight->end) {
    reply.end = *flight->end;
    co_return reply;
  }
  if (waited == WaitPoint::Result::kStopped) {
    reply.end = End::kCancelled;
  } else {
    reply.end = flight->offered ? End::kInProgress : End::kNotSent;
  }
  if (!flight->offered && flight->waiters.empty()) Drop(*flight);
  co_return reply;
}

// `request` holds the code and the credential: it goes with this frame, not with the memory.
Task<void> ExchangeRegistry::Fly(FlightPtr flight, HttpRequest request) {
  const std::shared_ptr<ExchangeLease> lease = flight->lease;
  while (true) {
    if (lease != nullptr) {
      Task<bool> claim = Claim(*flight);
      if (!co_await claim) break;
    }
    Task<Outcome> send = retrier_.Send(request, flight->options, flight.get());
    Outcome outcome = co_await send;
    // Another gateway took it over before it was sent, and has the word now.
    if (lease != nullptr && lease->lost() && !flight->offered) continue;
    if (lease != nullptr && lease->refused() && !flight->offered) {
      flight->end = End::kNoStore;
    } else {
      Answer(*flight, std::move(outcome));
    }
    break;
  }
  const Retention retention = RetentionOf(*flight);
  running_.erase(flight.get());
  if (Find(flight->key) == flight) Remember(*flight, retention);
  flight->observer.reset();
  if (lease != nullptr) flight->degraded = lease->degraded();
  flight->lease.reset();
  for (WaitPoint* waiter : flight->waiters) waiter->Notify();
  if (lease != nullptr) {
    Task<void> settle = Settle(*lease, *flight, retention);
    co_await settle;
  }
}

Task<void> ExchangeRegistry::Settle(ExchangeLease& lease, const Flight& flight,
                                    Retention retention) {
  ++settling_;
  if (retention.ttl > Duration::zero()) {
    std::string record = ToExchangeRecord(*flight.answer->Copy(), flight.result);
    const int replays = retention.replays == kNoLimit ? kNoLimit : options_.max_replays;
    const bool success = retention.state == ExchangeState::kDone;
    const Duration spent_ttl = success ? options_.unknown_ttl : Duration::zero();
    Task<void> finish = lease.Finish(std::move(record), {retention.ttl, replays, spent_ttl});
    co_await finish;
  } else {
    Task<void> forget = lease.Forget();
    co_await forget;
  }
  --settling_;
}

void ExchangeRegistry::Answer(Flight& flight, Outcome outcome) {
  if (flight.offered) BecomeLost(outcome);
  flight.result = reader_(outcome, flight.observer.get());
  if (IsLost(flight.result, outcome) && flight.observer != nullptr) flight.observer->OnAnswerLost();
  flight.answer.emplace(std::move(outcome), memory_);
}

Task<bool> ExchangeRegistry::Claim(Flight& flight) {
  ExchangeLease& lease = *flight.lease;
  while (true) {
    Task<ExchangeLease::Claim> trying = lease.TryClaim();
    switch (co_await trying) {
      case ExchangeLease::Claim::kOurs:
        flight.offered = false;
        co_return true;
      case ExchangeLease::Claim::kFinished: {
        std::string record = lease.TakeRecord();
        std::optional<ReadRecord> read = FromExchangeRecord(record);
        Wipe(record);
        flight.offered = read.has_value();
        if (!read) {
          flight.end = End::kUnknown;
        } else {
          flight.from_store = true;
          flight.result = read->result;
          flight.answer.emplace(std::move(*read->outcome), memory_);
        }
        co_return false;
      }
      case ExchangeLease::Claim::kUnknown:
        flight.offered = false;
        flight.end = End::kUnknown;
        co_return false;
      case ExchangeLease::Claim::kGivenOut:
        flight.offered = false;
        flight.end = End::kGivenOut;
        co_return false;
      case ExchangeLease::Claim::kUnavailable:
        flight.end = End::kNoStore;
        co_return false;
      case ExchangeLease::Claim::kElsewhere:
        break;
    }
    flight.offered = true;
    // Nothing of ours is under way, so nobody needs to wait for it.
    if (flight.waiters.empty()) co_return false;
    WaitPoint pause(loop_);
    co_await pause.Wait(loop_.Now() + options_.poll_interval, flight.options.stop);
    if (flight.stop.stop_requested()) co_return false;
  }
}

bool ExchangeRegistry::MakeRoom(size_t exchanges, size_t bytes) {
  while (flights_.size() + exchanges > options_.max_known || bytes_ + bytes > options_.max_bytes) {
    const auto& least = rejected_.empty() ? given_out_ : rejected_;
    if (least.empty()) return false;
    Forget(*least.front());
  }
  return true;
}

ExchangeRegistry::Retention ExchangeRegistry::RetentionOf(const Flight& flight) const {
  // What came from the store is kept there.
  if (!flight.answer || flight.from_store) return {};
  switch (flight.result) {
    case ExchangeResult::kSuccess: {
      // With nobody there, the first replay is the delivery.
      const int replays = options_.max_replays + (flight.waiters.empty() ? 1 : 0);
      const bool kept = flight.replayable && replays > 0;
      return {ExchangeState::kDone, kept ? options_.success_ttl : Duration::zero(), replays};
    }
    case ExchangeResult::kSpent:
      return {ExchangeState::kSpent, options_.unknown_ttl, kNoLimit};
    case ExchangeResult::kRejected:
      return {ExchangeState::kRejected, options_.rejected_ttl, kNoLimit};
    case ExchangeResult::kUnknown:
      return {ExchangeState::kUnknown, options_.unknown_ttl, kNoLimit};
    case ExchangeResult::kUnsent:
      break;
  }
  return {};
}

void ExchangeRegistry::Remember(Flight& flight, const Retention& retention) {
  const bool wanted = retention.ttl > Duration::zero();
  const size_t bytes = wanted ? sizeof(Flight) + flight.answer->bytes() : 0;
  if (!wanted || !MakeRoom(0, bytes)) {
    if (wanted && flight.observer != nullptr) flight.observer->OnMemoryFull();
    Forget(flight);
    return;
  }
  flight.memory = retention.state;
  flight.replays_left = retention.replays;
  flight.bytes = bytes;
  bytes_ += bytes;
  ++remembered_[Index(retention.state)];
  if (retention.state == ExchangeState::kRejected) {
    flight.place = rejected_.insert(rejected_.end(), &flight);
  }
  const TimePoint now = loop_.Now();
  flight.spent_until = now + options_.unknown_ttl;
  loop_.Start(flight, now + retention.ttl);
}

void ExchangeRegistry::WipeKey(Flight& flight) {
  if (loop_.Now() >= flight.spent_until) {
    Forget(flight);
    return;
  }
  bytes_ -= flight.answer->bytes();
  flight.bytes -= flight.answer->bytes();
  flight.answer.reset();
  flight.end = End::kGivenOut;
  --remembered_[Index(*flight.memory)];
  flight.memory = ExchangeState::kSpent;
  ++remembered_[Index(*flight.memory)];
  flight.place = given_out_.insert(given_out_.end(), &flight);
  loop_.Start(flight, flight.spent_until);
}

void ExchangeRegistry::Abort() {
  aborted_.request_stop();
  const std::vector<Flight*> running(running_.begin(), running_.end());
  for (Flight* flight : running) flight->stop.request_stop();
}

void ExchangeRegistry::Forget(const Flight& flight) {
  const auto found = flights_.find(flight.key);
  if (found == flights_.end() || found->second.get() != &flight) return;
  if (flight.memory) {
    --remembered_[Index(*flight.memory)];
    bytes_ -= flight.bytes;
    if (*flight.memory == ExchangeState::kRejected) rejected_.erase(flight.place);
    if (flight.end) given_out_.erase(flight.place);
  }
  flights_.erase(found);
}

void ExchangeRegistry::Drop(Flight& flight) {
  flight.stop.request_stop();
  Forget(flight);
}

}  // namespace modelgates::gateway
