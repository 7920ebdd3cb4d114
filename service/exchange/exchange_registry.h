#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <memory_resource>
#include <stop_token>

#include "base/event_loop.h"
#include "base/task.h"
#include "exchange/exchange_identity.h"
#include "exchange/exchange_observer.h"
#include "exchange/exchange_result.h"
#include "exchange/exchange_state.h"
#include "exchange/kept_answer.h"
#include "exchange/shared/exchange_lease.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

struct ExchangeOptions {
  // Once sent, nothing ends an exchange but its answer or this. Counted from the start of the
  // attempt that was sent; a recovery has what that one left of it.
  Duration cap = std::chrono::seconds(30);
  // How long a finished exchange is given again to the identical call. Of a success that is over
  // before `unknown_ttl`, it stays known that the code is spent; the key is wiped.
  Duration success_ttl = std::chrono::seconds(30);
  Duration unknown_ttl = std::chrono::seconds(120);  // of spent ones too
  Duration rejected_ttl = std::chrono::seconds(5);
  int max_replays = 5;  // of a success, after its first delivery
  // Exchanges under way, waited for or not: each may have a connection and a request. One more is
  // refused before its code is sent.
  size_t max_running = 2000;
  // Bounds on what is known of exchanges, under way or over. Where there is no room an exchange
  // still works, but only without join and memory. Rejections make room, oldest first: to forget
  // one costs a request that is rejected again. After them, successes whose key is wiped. Nothing
  // else does.
  size_t max_known = 10'000;
  size_t max_bytes = 16 * 1024 * 1024;  // of those that are over
  // Calls that wait for one exchange. One more is refused.
  size_t max_waiters = 256;
  // Of the shared store, where there is one: what an outage of it means, and how often an exchange
  // that another gateway is at is asked for.
  ExchangeLease::Outage outage = ExchangeLease::Outage::kGoOn;
  Duration poll_interval = std::chrono::milliseconds(100);
};

// Indexed by ExchangeState.
using ExchangeCounts = std::array<size_t, kExchangeStateCount>;

// One upstream call for all identical exchanges (exchange.md): whoever comes while it runs joins
// it, whoever leaves only stops waiting, and once the code is on its way nothing cancels it, nor
// its one recovery. What it brought is kept for a short while for the caller that repeats. Loop
// thread only.
class ExchangeRegistry {
 public:
  // Reads what an exchange brought, once for all its callers. The result decides how long it is
  // kept; the answer to a success may be put into a form that is cheaper to read again. `observer`
  // may be null.
  using Reader = ExchangeResult (*)(Outcome& outcome, ExchangeObserver* observer);

  enum class End : uint8_t {
    kFinished,    // `outcome` is set
    kInProgress,  // the caller's deadline passed; the upstream has the code
    kNotSent,     // the caller's deadline passed; the code was not sent
    kCancelled,   // the caller left
    kGivenOut,    // the code is spent, and its key was given as often and as long as it may be
    kCrowded,     // too many exchanges are under way, or too many calls wait for this one
    kUnknown,     // another gateway sent it, and cannot say what came of it
    kNoStore,     // the shared store cannot be asked, and nothing may be sent without it
  };

  struct Reply {
    End end = End::kFinished;
    SecretOutcome outcome;  // as the reader left it
    ExchangeResult result = ExchangeResult::kUnsent;
    bool joined = false;
    bool replayed = false;
    bool sent = false;
    bool degraded = false;  // the shared store was not asked, or in vain
  };

  // What one call brings.
  struct Call {
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

  // All must outlive the registry. In `memory` lie the answers that are kept. Without a `store` no
  // other gateway knows of its exchanges.
  ExchangeRegistry(EventLoop& loop, Retrier& retrier, ExchangeOptions options, Reader reader,
                   ExchangeStore* store = nullptr,
                   std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  ~ExchangeRegistry();

  // Runs `request` for this call, or joins or replays its twin. What `options` say of cancellation
  // and of the length of an attempt is replaced by the rules of an exchange. Whoever joins gets
  // what the retry policy of the first caller brings; the last deadline of them all bounds its
  // retries.
  Task<Reply> Run(Call call, HttpRequest request, CallOptions options,
                  std::shared_ptr<ExchangeObserver> observer);

  // Gives up every exchange that is under way: the end of a drain that took too long. The outcome
  // of those that were sent is unknown.
  void Abort();

  // Exchanges that are under way, whether or not anyone waits for them, and those of which the
  // shared store is still to be told. Drain waits for zero.
  size_t in_flight() const { return running_.size() + settling_; }

  // Exchanges that are under way, which ExchangeOptions::max_running bounds.
  size_t running() const { return running_.size(); }

  // How many exchanges are in which state: under way, or remembered. Walks the former only.
  ExchangeCounts CountStates() const;

  // What is remembered takes so much, see ExchangeOptions::max_bytes.
  size_t remembered_bytes() const { return bytes_; }

 private:
  struct Flight;
  using FlightPtr = std::shared_ptr<Flight>;
  // How a finished flight is kept; ttl 0 is not at all.
  struct Retention {
    ExchangeState state{};
    Duration ttl{};
    int replays = 0;
  };

  FlightPtr Find(const ExchangeKey& key) const;
  Task<void> Fly(FlightPtr flight, HttpRequest request);
  // Until the exchange is ours. False: it is not to be sent; the flight says why.
  Task<bool> Claim(Flight& flight);
  void Answer(Flight& flight, Outcome outcome);
  Retention RetentionOf(const Flight& flight) const;
  // Tells the other gateways.
  Task<void> Settle(ExchangeLease& lease, const Flight& flight, Retention retention);
  // Whether so much more may be known, once rejections have made room.
  bool MakeRoom(size_t exchanges, size_t bytes);
  void Remember(Flight& flight, const Retention& retention);
  // Of a remembered success: wipes the key; that the code is spent stays known for a while. May
  // destroy `flight`.
  void WipeKey(Flight& flight);
  // May destroy `flight`.
  void Forget(const Flight& flight);
  // Ends a flight that nobody waits for and the upstream has not seen: a later call starts afresh.
  void Drop(Flight& flight);

  EventLoop& loop_;
  Retrier& retrier_;
  const ExchangeOptions options_;
  const Reader reader_;
  ExchangeStore* const store_;
  std::pmr::memory_resource& memory_;
  absl::flat_hash_map<ExchangeKey, FlightPtr> flights_;
  absl::flat_hash_set<Flight*> running_;
  size_t settling_ = 0;
  std::stop_source aborted_;
  ExchangeCounts remembered_{};
  // Those that make room, oldest first.
  std::list<const Flight*> rejected_;
  std::list<const Flight*> given_out_;
  size_t bytes_ = 0;
};

}  // namespace modelgates::gateway
