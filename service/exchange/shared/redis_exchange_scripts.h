#pragma once

#include "redis/redis_script.h"

namespace modelgates::gateway {

// The steps of a SharedExchange as scripts, which a Redis server executes atomically. Only the
// server's clock is used, because the clocks of gateways differ.
//
// An exchange is a hash:
//
//   state        "reserved", "sending" or "finished"
//   fence        of the claim                          while not finished
//   step         the claim's last step                 while not finished
//   lease_until  when the lease ends, Unix time in ms  while not finished
//   record       the sealed result                     when finished
//   replays      number of claims that may still read it when finished
//
// A successful exchange also has a string "<key>:given_out", which outlives the hash. A string
// without a hash means: the code is spent, and its record is no longer kept.
//
// Every step but a claim has `fence` and `step` as its first arguments, and gives 1, or 0 when they
// are not those of the exchange: another fence, or a step that is not newer than the last. A step
// in a connection that was abandoned may reach the server after a newer step; it must have no
// effect then.

// KEYS: the exchange under the current pepper, and under the previous one if there is one. ARGV:
// fence, step, lease in ms, time to live of a reserved exchange in ms. Returns one word; for a
// finished exchange also the position in KEYS and the record.
const RedisScript& ClaimScript();

// KEYS: the exchange. ARGV: fence, step, the new state ("": unchanged), lease in ms, time to live
// of a reserved and of a sending exchange in ms.
const RedisScript& HoldScript();

// KEYS: the exchange. ARGV: fence, step, record, replays, time to live in ms, and that of the
// string in ms ("": no string).
const RedisScript& FinishScript();

// KEYS: the exchange. ARGV: fence, step.
const RedisScript& ForgetScript();

}  // namespace modelgates::gateway
