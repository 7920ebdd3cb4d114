#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"
#include "base/time.h"
#include "exchange/exchange_identity.h"

namespace modelgates::gateway {

// One exchange as it is seen by all gateways that share a store. Whoever claims it holds a lease on
// it, which it renews; a fence names the claim, and no step of an older one counts any more. Loop
// thread only.
//
//   nothing -> RESERVED -> SENDING -> finished
//
// A lease that ends in RESERVED is anyone's to take over: nothing was sent. One that ends in
// SENDING is nobody's: the outcome is unknown until its holder, which may only have been slow, says
// it.
class SharedExchange {
 public:
  enum class Found : uint8_t {
    kClaimed,      // it is ours
    kReserved,     // another gateway's, which has not sent it
    kSending,      // another gateway's, which may have sent it
    kLost,         // the same, but its lease has ended
    kFinished,     // `record` says what came of it
    kGivenOut,     // it succeeded, and its record was given as often and as long as it may be
    kUnreadable,   // it is finished, but what the store gave is not what a gateway wrote
    kUnavailable,  // the store did not answer in time, or not as it should
  };
  struct Claimed {
    Found found = Found::kUnavailable;
    // With kFinished. Holds secrets: whoever gets it wipes it.
    std::string record;
  };

  enum class Step : uint8_t {
    kDone,
    kNotOurs,      // another one holds the lease, or the store has forgotten it
    kUnavailable,  // whether or not it was done
  };

  static constexpr int kNoLimit = std::numeric_limits<int>::max();

  // How a finished exchange is kept.
  struct Keep {
    Duration ttl{};
    // How many claims find it; then it is forgotten.
    int replays = kNoLimit;
    // How long it stays known, from now on, that there was something to give; not less than `ttl`.
    // Zero: once it is forgotten, nothing is known of it.
    Duration given_out_ttl{};
  };

  virtual ~SharedExchange() = default;

  // Claims it if nobody has it. One that is finished is given out, and counted.
  virtual Task<Claimed> Claim() = 0;

  // The rest is for who has claimed it.

  // To be recorded before the first byte of a request. Good for the recovery as well.
  virtual Task<Step> BeginSending() = 0;
  // Back to RESERVED: what was begun used nothing, and is going to be tried again.
  virtual Task<Step> TakeBack() = 0;
  // Lets the lease last for its full length from now on.
  virtual Task<Step> Renew() = 0;
  // Ends the claim. Works as well once the lease has ended in SENDING. kNotOurs after a
  // kUnavailable may mean that the step before did it.
  virtual Task<Step> Finish(std::string_view record, Keep keep) = 0;
  // Ends the claim without a trace: nothing was used, or nothing is to be kept.
  virtual Task<Step> Forget() = 0;
};

// Where gateways tell one another of exchanges, so that a repeat finds its result whichever of them
// it reaches (exchange.md, "Across replicas"). Must outlive what it opens. Loop thread only.
class ExchangeStore {
 public:
  virtual ~ExchangeStore() = default;

  // Asks the store nothing yet.
  virtual std::unique_ptr<SharedExchange> Open(const ExchangeIdentity& identity) = 0;

  // Of a claim. Its holder renews it every third of that.
  virtual Duration lease() const = 0;
};

}  // namespace modelgates::gateway
