#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <memory_resource>
#include <stop_token>

#include "base/event_loop.h"
#include "base/task.h"
#include "exchange/exchange_identity.h"
#include "exchange/exchange_result.h"
#include "exchange/exchange_state.h"
#include "exchange/flights/exchange_flight.h"
#include "exchange/flights/exchange_options.h"
#include "exchange/shared/exchange_store.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// Indexed by ExchangeState.
using ExchangeCounts = std::array<size_t, kExchangeStateCount>;

// One upstream call for all identical exchanges (exchange.md): whoever comes while it runs joins
// it, whoever leaves only stops waiting, and once the code is on its way nothing cancels it, nor
// its one recovery. What it brought is kept for a short while for the caller that repeats. Loop
// thread only.
class ExchangeRegistry final : private ExchangeFlight::Owner {
 public:
  struct Reply {
    // A failure without an outcome is the gateway's own: the call ended before its exchange, or the
    // exchange was not sent. Its state of the code then is IN_FLIGHT when the upstream may have it.
    ExchangeResult result;
    bool joined = false;
    bool replayed = false;
    bool degraded = false;  // the shared store was not asked, or did not answer
  };

  // What one call brings.
  struct Caller {
    ExchangeKey key{};
    // By which other gateways know it. What it views need not outlive the beginning of Run.
    ExchangeIdentity identity{};
    // A success is kept only for a caller that proved possession of a verifier, see exchange.md.
    bool replayable = false;
    // Opts out of join, replay and recovery: this call has an exchange of its own.
    bool once_only = false;
    TimePoint deadline;
    std::stop_token stop;
  };

  // All must outlive the registry. In `memory` lie the keys that are kept. Without a `store` no
  // other gateway knows of its exchanges.
  ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options, ExchangeReader read,
                   ExchangeStore* store = nullptr,
                   std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  ~ExchangeRegistry();

  // Runs `request` for this caller, or joins or replays its twin. What `options` say of
  // cancellation and of the length of an attempt is replaced by the rules of an exchange. Callers
  // that join get what the retry policy of the first one brings; the last deadline of them all
  // bounds its retries.
  Task<Reply> Run(Caller caller, HttpRequest request, CallOptions options,
                  std::shared_ptr<ExchangeObserver> observer);

  // Gives up every exchange that is under way: the end of a drain that took too long. The outcome
  // of those that were sent is unknown.
  void Abort();

  // Exchanges that are under way, whether or not anyone waits for them, and those of which the
  // shared store is still to be told. Drain waits for zero.
  size_t in_flight() const { return running_.size() + sharing_; }

  // Exchanges that are under way, which ExchangeOptions::max_running bounds.
  size_t running() const { return running_.size(); }

  // Replaces ExchangeOptions::max_running from now on. More that are already under way go on.
  void SetMaxRunning(size_t max_running) { options_.max_running = max_running; }

  // How many exchanges are in which state: under way, or remembered. Walks the former only.
  ExchangeCounts CountStates() const;

  // Size in bytes of what is remembered, see ExchangeOptions::max_bytes.
  size_t remembered_bytes() const { return bytes_; }

 private:
  using FlightPtr = std::shared_ptr<ExchangeFlight>;

  FlightPtr Find(const ExchangeKey& key) const;
  void Replay(ExchangeFlight& flight, Reply& reply);
  FlightPtr MakeFlight(const Caller& caller, CallOptions options,
                       std::shared_ptr<ExchangeObserver> observer);
  // From the start of a flight until its callers, this memory and the other gateways know what it
  // brought.
  Task<void> RunExchange(FlightPtr flight, HttpRequest request);
  // Whether so much more may be known, once rejections have made room.
  bool MakeRoom(size_t exchanges, size_t bytes);
  // False: it is not known any more.
  bool Remember(ExchangeFlight& flight, const ExchangeFlight::Retention& retention);
  // The next two may destroy `flight`, which is remembered.
  void WipeKey(ExchangeFlight& flight);
  void Forget(ExchangeFlight& flight);
  // Ends a flight that nobody waits for and the upstream has not seen: a later call starts afresh.
  void AbandonUnsent(ExchangeFlight& flight);

  void OnUnsentAndAlone(ExchangeFlight& flight) override { AbandonUnsent(flight); }
  void OnMemoryOver(ExchangeFlight& flight) override;

  EventLoop& loop_;
  Retrier& retrier_;
  ExchangeOptions options_;
  const ExchangeReader read_;
  ExchangeStore* const store_;
  std::pmr::memory_resource& memory_;
  absl::flat_hash_map<ExchangeKey, FlightPtr> flights_;
  absl::flat_hash_set<ExchangeFlight*> running_;
  size_t sharing_ = 0;
  std::stop_source aborted_;
  ExchangeCounts remembered_{};
  // Those that make room, oldest first.
  std::list<ExchangeFlight*> rejected_;
  std::list<ExchangeFlight*> given_out_;
  size_t bytes_ = 0;
};

}  // namespace modelgates::gateway
