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

// The answer holds the key: it is wiped when the last call that reads it is done.
std::shared_ptr<const Outcome> ShareAndWipe(Outcome outcome) {
  return {new Outcome(std::move(outcome)), [](Outcome* done) {
            if (auto* response = std::get_if<HttpResponse>(&done->last)) Wipe(response->body);
            delete done;
          }};
}

// Sent, then given up by Abort: for its callers that is a lost answer, not a call that they
// cancelled.
void BecomeLost(Outcome& outcome) {
  auto* error = std::get_if<TransportError>(&outcome.last);
  if (error == nullptr || error->failure != TransportFailure::kCancelled) return;
  if (error->delivery == Delivery::kNever) return;
  error->failure = error->delivery == Delivery::kAnswered ? TransportFailure::kTruncated
                                                          : TransportFailure::kReset;
}

size_t Index(ExchangeState state) { return static_cast<size_t>(state); }

}  // namespace

// One exchange from its first call to the end of its memory.
struct ExchangeRegistry::Flight final : Timer, AttemptObserver {
  Flight(ExchangeRegistry& registry_in, const Call& call, CallOptions options_in,
         std::shared_ptr<AttemptObserver> observer_in)
      : registry(registry_in),
        key(call.key),
        replayable(call.replayable),
        options(std::move(options_in)),
        observer(std::move(observer_in)) {
    options.stop = stop.get_token();
    options.offered = &offered;
    options.attempt_timeout = registry.options_.cap;
    options.attempt_may_outlive_deadline = true;
  }

  void OnTimer() override { registry.Forget(*this); }

  void OnAttempt(const AttemptRecord& attempt) override {
    if (observer != nullptr) observer->OnAttempt(attempt);
  }

  void OnDecision(const Decision& decision) override {
    if (observer != nullptr) observer->OnDecision(decision);
    if (!decision.retry) return;
    backoff_end = registry.loop_.Now() + decision.delay;
    // To be tried again means that the code was not used. Nobody is left to try it for.
    if (waiters.empty()) registry.Drop(*this);
  }

  ExchangeState state() const {
    if (memory) return *memory;
    if (offered) return ExchangeState::kSending;
    return registry.loop_.Now() < backoff_end ? ExchangeState::kBackoff : ExchangeState::kReserved;
  }

  ExchangeRegistry& registry;
  const ExchangeKey key;
  const bool replayable;
  CallOptions options;
  std::shared_ptr<AttemptObserver> observer;
  std::stop_source stop;
  bool offered = false;
  TimePoint backoff_end{};
  std::list<WaitPoint*> waiters;
  std::shared_ptr<const Outcome> outcome;  // set when it is over
  std::optional<ExchangeState> memory;     // set while it is remembered
  int replays_left = 0;
};

ExchangeRegistry::ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options,
                                   Judge judge)
    : loop_(loop), retrier_(retrier), options_(options), judge_(judge) {}

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
                                                    std::shared_ptr<AttemptObserver> observer) {
  Reply reply;
  FlightPtr flight = call.once_only ? nullptr : Find(call.key);
  if (call.stop.stop_requested()) {
    // Neither a request nor a replay is spent on a caller that has left.
    reply.end = End::kCancelled;
    reply.sent = flight != nullptr && flight->offered;
    co_return reply;
  }
  if (flight != nullptr && flight->outcome != nullptr) {
    if (--flight->replays_left == 0) Forget(*flight);
    reply.replayed = true;
    reply.sent = flight->offered;
    reply.outcome = flight->outcome;
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
    if (!call.once_only && flights_.size() < options_.max_exchanges) {
      flights_.emplace(call.key, flight);
    }
    running_.insert(flight.get());
    Spawn(Fly(flight, std::move(request)));
  }
  const WaitPoint::Result waited = co_await point.Wait(call.deadline, call.stop);
  flight->waiters.erase(self);

  reply.sent = flight->offered;
  reply.outcome = flight->outcome;
  if (reply.outcome != nullptr) co_return reply;
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
  flight->outcome = ShareAndWipe(std::move(outcome));
  flight->observer.reset();
  running_.erase(flight.get());
  Remember(flight);
  for (WaitPoint* waiter : flight->waiters) waiter->Notify();
}

void ExchangeRegistry::Remember(const FlightPtr& flight) {
  if (Find(flight->key) != flight) return;
  Duration ttl{};
  flight->replays_left = kUnlimited;
  switch (judge_(*flight->outcome)) {
    case ExchangeResult::kSuccess:
      flight->memory = ExchangeState::kDone;
      // With nobody there, the first replay is the delivery.
      flight->replays_left = options_.max_replays + (flight->waiters.empty() ? 1 : 0);
      if (flight->replayable && flight->replays_left > 0) ttl = options_.success_ttl;
      break;
    case ExchangeResult::kSpent:
      flight->memory = ExchangeState::kSpent;
      ttl = options_.unknown_ttl;
      break;
    case ExchangeResult::kRejected:
      flight->memory = ExchangeState::kRejected;
      ttl = options_.rejected_ttl;
      break;
    case ExchangeResult::kUnknown:
      flight->memory = ExchangeState::kUnknown;
      ttl = options_.unknown_ttl;
      break;
    case ExchangeResult::kUnsent:
      break;
  }
  if (ttl > Duration::zero()) {
    ++remembered_[Index(*flight->memory)];
    loop_.Start(*flight, loop_.Now() + ttl);
  } else {
    flight->memory.reset();
    Forget(*flight);
  }
}

void ExchangeRegistry::Abort() {
  const std::vector<Flight*> running(running_.begin(), running_.end());
  for (Flight* flight : running) flight->stop.request_stop();
}

void ExchangeRegistry::Forget(const Flight& flight) {
  const auto found = flights_.find(flight.key);
  if (found == flights_.end() || found->second.get() != &flight) return;
  if (flight.memory) --remembered_[Index(*flight.memory)];
  flights_.erase(found);
}

void ExchangeRegistry::Drop(Flight& flight) {
  flight.stop.request_stop();
  Forget(flight);
}

}  // namespace modelgates::gateway
