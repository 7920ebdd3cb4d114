#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/hmac.h"
#include "base/log.h"
#include "exchange/shared/exchange_store.h"
#include "exchange/shared/pepper_file.h"
#include "redis/redis_client.h"

namespace modelgates::gateway {

struct RedisExchangeStoreOptions {
  Duration lease = std::chrono::seconds(6);
  // That an exchange was sent is kept for so long after its lease has ended: at least until its
  // holder must have said what came of it, and then as long as an unknown outcome is remembered.
  // ExchangeOptions::cap + ExchangeOptions::unknown_ttl.
  Duration sending_kept = std::chrono::seconds(150);
};

// Exchanges shared through a Redis-compatible server, version 5 or later, that executes Lua. Not
// through a Redis Cluster: the two keys of a claim may lie on two of its nodes.
//
// Each exchange is a key "modelgates:oauth:exchange:<index>", for its content see
// redis_exchange_scripts.h; it always has an expiry. So has the string beside it. The index is an
// HMAC under a pepper, the record is sealed under code and verifier: the server can read none of
// them, nor the bearer.
//
// A fence is 128 random bits. It need not grow, since it is only ever compared for equality, and
// only by the store; but it must never come again, and a number that grows would, once the server
// has forgotten it or went back to an older state. What must be ordered are the steps of one claim:
// they are numbered.
//
// A step whose answer is lost is kUnavailable, whether or not it was done, and may be done yet. A
// claim may be repeated then: the same SharedExchange keeps its fence. A claim that nobody knows of
// ends with its lease. A finished exchange that was given out and not received has been counted.
//
// What the server refuses is logged once until it accepts something again: event
// exchange_store_refused.
class RedisExchangeStore final : public ExchangeStore {
 public:
  // All must outlive it.
  RedisExchangeStore(RedisClient& client, PepperFile& peppers, RedisExchangeStoreOptions options,
                     Log& log);

  std::unique_ptr<SharedExchange> Open(const ExchangeIdentity& identity) override;
  Duration lease() const override { return options_.lease; }

 private:
  class Exchange;

  std::string NextFence();
  // The answer of a script; an error, or no answer, is a nil.
  Task<RedisReply> Run(const RedisScript& script, std::vector<std::string> keys,
                       std::vector<std::string> args);
  void SayRefused(const std::string& word);

  RedisClient& client_;
  PepperFile& peppers_;
  const RedisExchangeStoreOptions options_;
  Log& log_;
  Hmac fences_;
  uint64_t fence_count_ = 0;
  std::string refused_;  // as the log was told
};

}  // namespace modelgates::gateway
