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

// One exchange in a store that gateways share. The gateway that claims it holds a lease, which it
// renews. A fence identifies the claim, so that steps of an older claim have no effect. Loop thread
// only.
//
//   nothing -> RESERVED -> SENDING -> finished
//
// When a lease ends in RESERVED, another gateway may take over, because nothing was sent. When it
// ends in SENDING, no gateway may: the outcome is unknown until the holder, which may only be slow,
// reports it.
class SharedExchange {
 public:
  enum class Found : uint8_t {
    kClaimed,      // this gateway has it
    kReserved,     // another gateway has it and has not sent it
    kSending,      // another gateway has it and may have sent it
    kLost,         // the same, but its lease has ended
    kFinished,     // `record` has the result
    kGivenOut,     // it succeeded, and its record is no longer kept
    kUnreadable,   // it is finished, but its record was not written by a gateway
    kUnavailable,  // the store did not answer in time, or answered wrongly
  };
  struct Claimed {
    Found found = Found::kUnavailable;
    // With kFinished. Contains secrets: the caller wipes it.
    std::string record;
  };

  enum class Step : uint8_t {
    kDone,
    kNotOurs,      // another gateway holds the lease, or the store has lost it
    kUnavailable,  // no answer; the step may have been done
  };

  static constexpr int kNoLimit = std::numeric_limits<int>::max();

  // How a finished exchange is kept.
  struct Keep {
    Duration ttl{};
    // Number of claims that may read it; then it is deleted.
    int replays = kNoLimit;
    // How long the fact that it succeeded is kept, from now on; not less than `ttl`. Zero: not
    // kept.
    Duration given_out_ttl{};
  };

  virtual ~SharedExchange() = default;

  // Claims it if no gateway has it. If it is finished, returns its record and counts that.
  virtual Task<Claimed> Claim() = 0;

  // The following functions require a claim.

  // Must be recorded before the first byte of a request. Covers the recovery, too.
  virtual Task<Step> BeginSending() = 0;
  // Back to RESERVED: the attempt did not use the code, and a retry follows.
  virtual Task<Step> TakeBack() = 0;
  // Renews the lease for its full length from now on.
  virtual Task<Step> Renew() = 0;
  // Ends the claim with a result. Also possible after the lease ended in SENDING. kNotOurs after
  // kUnavailable may mean that the previous call succeeded.
  virtual Task<Step> Finish(std::string_view record, Keep keep) = 0;
  // Ends the claim and deletes the exchange: the code was not used, or nothing is to be kept.
  virtual Task<Step> Forget() = 0;
};

// The store through which gateways share exchanges, so that a repeat finds its result at any of
// them (exchange.md, "Across replicas"). Must outlive what it opens. Loop thread only.
class ExchangeStore {
 public:
  virtual ~ExchangeStore() = default;

  // Sends nothing to the store.
  virtual std::unique_ptr<SharedExchange> Open(const ExchangeIdentity& identity) = 0;

  // Length of a lease. The holder renews it every third of that time.
  virtual Duration lease() const = 0;
};

}  // namespace modelgates::gateway
