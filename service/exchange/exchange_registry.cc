#include "exchange/exchange_registry.h"

#include <algorithm>
#include <limits>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "base/wait_point.h"

namespace modelgates::gateway {

namespace {

constexpr int kUnlimited = std::numeric_limits<int>::max();

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
    options.stop = stop.get_token();
    options.offered = &offered;
    options.attempt_timeout = registry.options_.cap;
    options.attempt_may_outlive_deadline = true;
    if (call.once_only) options.repeat = Repeat::kOnlyUnsent;
  }

  void OnTimer() override { registry.Forget(*this); }

  void OnAttempt(const AttemptRecord& attempt) override {
    outcome_unknown = outcome_unknown || attempt.outcome_unknown;
    if (observer != nullptr) observer->OnAttempt(attempt);
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
  std::stop_source stop;
  bool offered = false;
  bool outcome_unknown = false;  // of an attempt that is over
  bool recovering = false;
  TimePoint backoff_end{};
  std::list<WaitPoint*> waiters;
  std::optional<KeptAnswer> answer;     // set when it is over
  ExchangeResult result{};              // of that
  std::optional<ExchangeState> memory;  // set while it is remembered
  size_t bytes = 0;                     // counted while it is remembered
  std::list<const Flight*>::iterator rejected;
  int replays_left = 0;
};

ExchangeRegistry::ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options,
                                   Reader reader, std::pmr::memory_resource& memory)
    : loop_(loop), retrier_(retrier), options_(options), reader_(reader), memory_(memory) {}

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
    if (--flight->replays_left == 0) Forget(*flight);
    reply.replayed = true;
    reply.sent = flight->offered;
    reply.result = flight->result;
    reply.outcome = flight->answer->Copy();
    co_return reply;
  }
  if (flight != nullptr && flight->waiters.size() >= options_.max_waiters) {
    reply.end = End::kCrowded;
    reply.sent = flight->offered;
    co_return reply;
  }

  reply.joined = flight != nullptr;
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
  if (flight->answer) {
    reply.result = flight->result;
    reply.outcome = flight->answer->Copy();
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
  Task<Outcome> send = retrier_.Send(request, flight->options, flight.get());
  Outcome outcome = co_await send;
  if (flight->offered) BecomeLost(outcome);
  flight->result = reader_(outcome, flight->observer.get());
  if (IsLost(flight->result, outcome) && flight->observer != nullptr) flight->observer->OnAnswerLost();
  flight->answer.emplace(std::move(outcome), memory_);
  running_.erase(flight.get());
  if (Find(flight->key) == flight) Remember(*flight);
  flight->observer.reset();
  for (WaitPoint* waiter : flight->waiters) waiter->Notify();
}

bool ExchangeRegistry::MakeRoom(size_t exchanges, size_t bytes) {
  while (flights_.size() + exchanges > options_.max_exchanges ||
         bytes_ + bytes > options_.max_bytes) {
    if (rejected_.empty()) return false;
    Forget(*rejected_.front());
  }
  return true;
}

void ExchangeRegistry::Remember(Flight& flight) {
  Duration ttl{};
  ExchangeState state{};
  flight.replays_left = kUnlimited;
  switch (flight.result) {
    case ExchangeResult::kSuccess:
      state = ExchangeState::kDone;
      // With nobody there, the first replay is the delivery.
      flight.replays_left = options_.max_replays + (flight.waiters.empty() ? 1 : 0);
      if (flight.replayable && flight.replays_left > 0) ttl = options_.success_ttl;
      break;
    case ExchangeResult::kSpent:
      state = ExchangeState::kSpent;
      ttl = options_.unknown_ttl;
      break;
    case ExchangeResult::kRejected:
      state = ExchangeState::kRejected;
      ttl = options_.rejected_ttl;
      break;
    case ExchangeResult::kUnknown:
      state = ExchangeState::kUnknown;
      ttl = options_.unknown_ttl;
      break;
    case ExchangeResult::kUnsent:
      break;
  }
  const size_t bytes = sizeof(Flight) + flight.answer->bytes();
  const bool has_room = ttl > Duration::zero() && MakeRoom(0, bytes);
  if (!has_room) {
    if (ttl > Duration::zero() && flight.observer != nullptr) flight.observer->OnMemoryFull();
    Forget(flight);
    return;
  }
  flight.memory = state;
  flight.bytes = bytes;
  bytes_ += bytes;
  ++remembered_[Index(state)];
  if (state == ExchangeState::kRejected) {
    flight.rejected = rejected_.insert(rejected_.end(), &flight);
  }
  loop_.Start(flight, loop_.Now() + ttl);
}

void ExchangeRegistry::Abort() {
  const std::vector<Flight*> running(running_.begin(), running_.end());
  for (Flight* flight : running) flight->stop.request_stop();
}

void ExchangeRegistry::Forget(const Flight& flight) {
  const auto found = flights_.find(flight.key);
  if (found == flights_.end() || found->second.get() != &flight) return;
  if (flight.memory) {
    --remembered_[Index(*flight.memory)];
    bytes_ -= flight.bytes;
    if (*flight.memory == ExchangeState::kRejected) rejected_.erase(flight.rejected);
  }
  flights_.erase(found);
}

void ExchangeRegistry::Drop(Flight& flight) {
  flight.stop.request_stop();
  Forget(flight);
}

}  // namespace modelgates::gateway
