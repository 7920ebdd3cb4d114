#include "exchange/flights/exchange_registry.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using UpstreamError = v1::UpstreamError;

size_t Index(ExchangeState state) { return static_cast<size_t>(state); }

// A call ends before its exchange.
ExchangeFailure EndedBecause(v1::ErrorReason reason, bool sent) {
  return EndedByGateway(reason, sent ? UpstreamError::IN_FLIGHT : UpstreamError::UNSENT);
}

}  // namespace

ExchangeRegistry::ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options,
                                   ExchangeReader read, ExchangeStore* store,
                                   std::pmr::memory_resource& memory)
    : loop_(loop),
      retrier_(retrier),
      options_(options),
      read_(read),
      store_(store),
      memory_(memory),
      shares_({.max_exchanges = options.max_known, .max_bytes = options.max_bytes}) {}

ExchangeRegistry::~ExchangeRegistry() = default;

ExchangeCounts ExchangeRegistry::CountStates() const {
  ExchangeCounts counts = remembered_;
  for (const ExchangeFlight* flight : running_) ++counts[Index(flight->state())];
  return counts;
}

ExchangeRegistry::FlightPtr ExchangeRegistry::Find(const ExchangeKey& key) const {
  const auto found = flights_.find(key);
  return found == flights_.end() ? nullptr : found->second;
}

Task<ExchangeRegistry::Reply> ExchangeRegistry::Run(Caller caller, HttpRequest request,
                                                    RetryOptions options,
                                                    std::shared_ptr<ExchangeObserver> observer) {
  Reply reply;
  FlightPtr flight = caller.once_only ? nullptr : Find(caller.key);
  const bool sent = flight != nullptr && flight->sent();
  if (caller.stop.stop_requested()) {
    // No request and no replay for a caller that has left.
    reply.result = EndedBecause(v1::CALLER_CANCELLED, sent);
    co_return reply;
  }
  if (flight != nullptr && flight->result() != nullptr) {
    Replay(*flight, reply);
    co_return reply;
  }
  const bool full = flight != nullptr ? flight->waiters().size() >= options_.max_waiters
                                      : running_.size() >= options_.max_running;
  if (full) {
    reply.result = EndedBecause(v1::GATEWAY_OVERLOADED, sent);
    co_return reply;
  }

  reply.joined = flight != nullptr;
  if (reply.joined) {
    flight->Join(options.deadline);
    if (observer != nullptr && flight->observer() != nullptr) {
      observer->OnJoined(flight->observer()->Span());
    }
  } else {
    flight = MakeFlight(caller, std::move(options), std::move(observer));
  }
  // Registered before the flight starts: a flight without waiters was left by all its callers.
  WaitPoint point(loop_);
  const auto self = flight->waiters().insert(flight->waiters().end(), &point);
  if (!reply.joined) Spawn(RunExchange(flight, std::move(request)));
  const WaitPoint::Result waited = co_await point.Wait(caller.deadline, caller.stop);
  flight->waiters().erase(self);

  reply.replayed = flight->from_store();
  reply.degraded = flight->degraded();
  if (flight->result() != nullptr) {
    reply.result = flight->result()->Copy();
    co_return reply;
  }
  if (waited == WaitPoint::Result::kStopped) {
    reply.result = EndedBecause(v1::CALLER_CANCELLED, flight->sent());
  } else if (flight->sent()) {
    reply.result = EndedBecause(v1::EXCHANGE_IN_PROGRESS, true);
  } else {
    reply.result = EndedBecause(v1::DEADLINE_EXCEEDED, false);
  }
  if (!flight->sent() && flight->waiters().empty()) AbandonUnsent(*flight);
  co_return reply;
}

void ExchangeRegistry::Replay(ExchangeFlight& flight, Reply& reply) {
  reply.result = flight.result()->Copy();
  reply.replayed = flight.result()->is_upstreams();
  if (reply.replayed && --flight.memory().replays_left == 0) WipeKey(flight);
}

ExchangeRegistry::FlightPtr ExchangeRegistry::MakeFlight(
    const Caller& caller, RetryOptions options, std::shared_ptr<ExchangeObserver> observer) {
  std::shared_ptr<ExchangeLease> lease;
  if (store_ != nullptr && !caller.once_only) {
    lease = std::make_shared<ExchangeLease>(loop_, store_->Open(caller.identity), store_->lease(),
                                            options_.outage, aborted_.get_token(), observer);
  }
  if (caller.once_only) options.repeat = Repeat::kOnlyUnsent;
  const ExchangeFlight::Parts parts{*this, loop_, options_, memory_};
  auto flight =
      std::make_shared<ExchangeFlight>(parts, caller.key, caller.replayable, std::move(options),
                                       std::move(observer), std::move(lease));
  if (!caller.once_only && !MakeKnown(flight, caller.party) && flight->observer() != nullptr) {
    flight->observer()->OnMemoryFull();
  }
  running_.insert(flight.get());
  return flight;
}

bool ExchangeRegistry::MakeKnown(const FlightPtr& flight, std::string_view party) {
  if (!party.empty()) {
    auto share = shares_.Take(party);
    if (!share) return false;
    flight->memory().share = *std::move(share);
  }
  if (!MakeRoom(1, 0)) {
    flight->memory().share.GiveBack();
    return false;
  }
  flights_.emplace(flight->key(), flight);
  return true;
}

Task<void> ExchangeRegistry::RunExchange(FlightPtr flight, HttpRequest request) {
  Task<void> run = flight->Run(retrier_, std::move(request), read_);
  co_await run;
  running_.erase(flight.get());
  const ExchangeFlight::Retention retention = flight->RetentionOfResult();
  if (Find(flight->key()) != flight || !Remember(*flight, retention)) flight->Forget();
  std::shared_ptr<ExchangeLease> lease = flight->Publish();
  if (lease == nullptr) co_return;
  ++sharing_;
  Task<void> share = flight->ShareResult(std::move(lease), retention);
  co_await share;
  --sharing_;
}

bool ExchangeRegistry::MakeRoom(size_t exchanges, size_t bytes) {
  while (flights_.size() + exchanges > options_.max_known || bytes_ + bytes > options_.max_bytes) {
    const auto& least = rejected_.empty() ? given_out_ : rejected_;
    if (least.empty()) return false;
    Forget(*least.front());
  }
  return true;
}

bool ExchangeRegistry::Remember(ExchangeFlight& flight,
                                const ExchangeFlight::Retention& retention) {
  const bool wanted = retention.ttl > Duration::zero();
  const size_t bytes = wanted ? sizeof(ExchangeFlight) + flight.result()->bytes() : 0;
  ExchangeFlight::Memory& memory = flight.memory();
  if (retention.state == ExchangeState::kRejected) memory.share.GiveBack();
  if (!wanted || !memory.share.Allows(bytes) || !MakeRoom(0, bytes)) {
    if (wanted && flight.observer() != nullptr) flight.observer()->OnMemoryFull();
    memory.share.GiveBack();
    flights_.erase(flight.key());
    return false;
  }
  memory.share.SetBytes(bytes);
  memory.bytes = bytes;
  memory.replays_left = retention.replays;
  memory.spent_until = loop_.Now() + options_.unknown_ttl;
  bytes_ += bytes;
  flight.Remember(retention);
  ++remembered_[Index(flight.state())];
  if (flight.state() == ExchangeState::kRejected) {
    memory.place = rejected_.insert(rejected_.end(), &flight);
  }
  return true;
}

// Wipes the key of a kept success; that the code is spent is known until `spent_until`.
void ExchangeRegistry::WipeKey(ExchangeFlight& flight) {
  ExchangeFlight::Memory& memory = flight.memory();
  const Duration left = memory.spent_until - loop_.Now();
  if (left <= Duration::zero()) {
    Forget(flight);
    return;
  }
  --remembered_[Index(flight.state())];
  bytes_ -= flight.result()->bytes();
  memory.bytes -= flight.result()->bytes();
  memory.share.GiveBack();
  flight.WipeKey(left);
  ++remembered_[Index(flight.state())];
  memory.place = given_out_.insert(given_out_.end(), &flight);
}

void ExchangeRegistry::Abort() {
  aborted_.request_stop();
  const std::vector<ExchangeFlight*> running(running_.begin(), running_.end());
  for (ExchangeFlight* flight : running) flight->Stop();
}

void ExchangeRegistry::Forget(ExchangeFlight& flight) {
  const auto found = flights_.find(flight.key());
  --remembered_[Index(flight.state())];
  bytes_ -= flight.memory().bytes;
  if (flight.state() == ExchangeState::kRejected) rejected_.erase(flight.memory().place);
  if (!flight.result()->is_upstreams()) given_out_.erase(flight.memory().place);
  flight.memory().share.GiveBack();
  flight.Forget();
  flights_.erase(found);
}

void ExchangeRegistry::AbandonUnsent(ExchangeFlight& flight) {
  flight.Stop();
  flight.memory().share.GiveBack();
  const auto found = flights_.find(flight.key());
  if (found != flights_.end() && found->second.get() == &flight) flights_.erase(found);
}

void ExchangeRegistry::OnMemoryOver(ExchangeFlight& flight) {
  if (flight.state() == ExchangeState::kDone) {
    WipeKey(flight);
  } else {
    Forget(flight);
  }
}

}  // namespace modelgates::gateway
