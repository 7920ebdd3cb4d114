#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <memory_resource>
#include <stop_token>
#include <string_view>

#include "base/event_loop.h"
#include "base/task.h"
#include "exchange/exchange_identity.h"
#include "exchange/exchange_result.h"
#include "exchange/exchange_state.h"
#include "exchange/flights/exchange_flight.h"
#include "exchange/flights/exchange_options.h"
#include "exchange/flights/memory_shares.h"
#include "exchange/shared/exchange_store.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

// Indexed by ExchangeState.
using ExchangeCounts = std::array<size_t, kExchangeStateCount>;

// One upstream call for all identical exchanges (exchange.md). A call that comes while it runs
// joins it; a caller that leaves only stops waiting. Once the code was sent, nothing cancels the
// exchange or its recovery. The result is kept for a short time for repeats. Loop thread only.
class ExchangeRegistry final : private ExchangeFlight::Owner {
 public:
  struct Reply {
    // A failure without an outcome comes from the gateway itself, see EndedByGateway. Its state of
    // the code is IN_FLIGHT when the upstream may have the code.
    ExchangeResult result;
    bool joined = false;
    bool replayed = false;
    bool degraded = false;  // the shared store was not asked, or did not answer
  };

  // One call.
  struct Caller {
    ExchangeKey key{};
    // For the shared store. The views must live until Run suspends for the first time.
    ExchangeIdentity identity{};
    // Whose share of what is remembered it takes; empty: nobody's. The same holds for this view.
    std::string_view party{};
    // Whether a success is kept: only if the caller proved possession of a verifier (exchange.md).
    bool replayable = false;
    // Opts out of join, replay and recovery: this call has an exchange of its own.
    bool once_only = false;
    TimePoint deadline;
    std::stop_token stop;
  };

  // All must outlive the registry. `memory` holds the keys that are kept. Without a `store`
  // exchanges are not shared with other gateways.
  ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options, ExchangeReader read,
                   ExchangeStore* store = nullptr,
                   std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  ~ExchangeRegistry();

  // Runs `request` for this caller, or joins or replays an identical exchange. The retry policy of
  // the first caller applies to all; the latest deadline of all bounds the retries. For `options`
  // see ExchangeFlight.
  Task<Reply> Run(Caller caller, HttpRequest request, RetryOptions options,
                  std::shared_ptr<ExchangeObserver> observer);

  // Ends every running exchange, when a drain takes too long. The outcome of those that were sent
  // is unknown.
  void Abort();

  // Running exchanges, with or without callers, and those whose result is not yet in the shared
  // store. A drain waits for zero.
  size_t in_flight() const { return running_.size() + sharing_; }

  // Running exchanges; bounded by ExchangeOptions::max_running.
  size_t running() const { return running_.size(); }

  // Replaces ExchangeOptions::max_running. Exchanges above it that already run continue.
  void SetMaxRunning(size_t max_running) { options_.max_running = max_running; }

  // Running and kept exchanges by state. Linear in the number of running ones.
  ExchangeCounts CountStates() const;

  // Bytes of the kept results; bounded by ExchangeOptions::max_bytes.
  size_t remembered_bytes() const { return bytes_; }

 private:
  using FlightPtr = std::shared_ptr<ExchangeFlight>;

  FlightPtr Find(const ExchangeKey& key) const;
  void Replay(ExchangeFlight& flight, Reply& reply);
  // Whether the flight is among those that others can join, and may be kept.
  bool MakeKnown(const FlightPtr& flight, std::string_view party);
  FlightPtr MakeFlight(const Caller& caller, RetryOptions options,
                       std::shared_ptr<ExchangeObserver> observer);
  // Runs a flight, then gives the result to its callers, the memory and the shared store.
  Task<void> RunExchange(FlightPtr flight, HttpRequest request);
  // Makes room for so much more. False: there is not enough.
  bool MakeRoom(size_t exchanges, size_t bytes);
  // False: the flight is not kept.
  bool Remember(ExchangeFlight& flight, const ExchangeFlight::Retention& retention);
  // The next two take a kept flight and may destroy it.
  void WipeKey(ExchangeFlight& flight);
  void Forget(ExchangeFlight& flight);
  // Ends a flight without callers that was not sent. A later call starts a new one.
  void AbandonUnsent(ExchangeFlight& flight);

  void OnUnsentAndAlone(ExchangeFlight& flight) override { AbandonUnsent(flight); }
  void OnMemoryOver(ExchangeFlight& flight) override;

  EventLoop& loop_;
  Retrier& retrier_;
  ExchangeOptions options_;
  const ExchangeReader read_;
  ExchangeStore* const store_;
  std::pmr::memory_resource& memory_;
  MemoryShares shares_;
  absl::flat_hash_map<ExchangeKey, FlightPtr> flights_;
  absl::flat_hash_set<ExchangeFlight*> running_;
  size_t sharing_ = 0;
  std::stop_source aborted_;
  ExchangeCounts remembered_{};
  // Dropped when room is needed, oldest first.
  std::list<ExchangeFlight*> rejected_;
  std::list<ExchangeFlight*> given_out_;
  size_t bytes_ = 0;
};

}  // namespace modelgates::gateway
