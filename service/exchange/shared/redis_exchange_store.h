#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/keyed_mac.h"
#include "base/log.h"
#include "exchange/shared/exchange_store.h"
#include "exchange/shared/pepper_file.h"
#include "redis/redis_client.h"

namespace modelgates::gateway {

struct RedisExchangeStoreOptions {
  Duration lease = std::chrono::seconds(6);
  // How long SENDING is kept after the lease has ended: until the holder must have reported a
  // result, plus the time for which an unknown outcome is kept. ExchangeOptions::cap +
  // ExchangeOptions::unknown_ttl.
  Duration sending_kept = std::chrono::seconds(150);
};

// Exchanges shared through a Redis-compatible server, version 5 or later, that executes Lua. Redis
// Cluster is not supported, because the two keys of a claim may be on two nodes.
//
// Each exchange is a key "modelgates:oauth:exchange:<index>", for its content see
// redis_exchange_scripts.h; it always has an expiry, and so has its string. The index is an HMAC
// with a pepper, and the record is sealed with a key derived from code and verifier: the server can
// read none of them, nor the bearer.
//
// A fence is 128 random bits. The store only compares it for equality, so it need not increase; but
// it must never repeat, and a counter would repeat after the server lost its state or returned to
// an older one. The steps of one claim must be ordered, so they are numbered.
//
// SENDING is done when RedisOptions::replicas have acknowledged it, so that the server that is
// promoted after a failover knows it; else it is kUnavailable, although the server has recorded it.
// A result waits for them, too, and counts without them.
//
// A step without an answer is repeated for RedisOptions::failover_wait, but for TakeBack and Renew,
// which must not come after later steps. Then it is kUnavailable: it may have been done, or may be
// done later. A claim
// may be repeated then, because the SharedExchange keeps its fence. A claim whose answer was lost
// ends with its lease. A record whose answer was lost has been counted.
//
// Refusals of the server are logged once until it accepts a step again: event
// exchange_store_refused. A step that too few replicas acknowledge is such a refusal, NOREPLICAS.
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
  // The answer of a script; nil for an error or no answer.
  Task<RedisReply> Run(const RedisScript& script, std::vector<std::string> keys,
                       std::vector<std::string> args, RedisAcks acks, RedisClient::Again again);
  void SayRefused(const std::string& word);
  void SayUnreplicated();
  void LogRefusal(std::string_view word);

  RedisClient& client_;
  PepperFile& peppers_;
  const RedisExchangeStoreOptions options_;
  Log& log_;
  Hmac fences_;
  uint64_t fence_count_ = 0;
  std::string refused_;  // the error that was logged last
  bool said_unreplicated_ = false;
};

}  // namespace modelgates::gateway
