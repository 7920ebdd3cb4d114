#pragma once

#include "redis/redis_script.h"

namespace modelgates::gateway {

// The steps of a SharedExchange as a Redis server executes them, each at once and whole. The
// server's clock is the only one: those of gateways differ.
//
// An exchange is a hash:
//
//   state        "reserved", "sending" or "finished"
//   fence        of the claim                          while not finished
//   step         the claim's last step                 while not finished
//   lease_until  when the lease ends, Unix time in ms  while not finished
//   record       what came of it, sealed               when finished
//   replays      how many claims will still find it    when finished
//
// Beside one that succeeded stands a string "<key>:given_out", which outlives it: with no hash but
// this, the code is spent, and what there was to give was given.
//
// Every step but a claim has `fence` and `step` as its first arguments, and gives 1, or 0 when
// they are not those of the exchange: another fence, or a step that is not newer than the last. A
// step that waits in a connection that was given up may reach the server after a newer one; what
// was taken back and begun again must not be taken back once more.

// KEYS: where it is put, and perhaps where it may be as well. ARGV: fence, step, lease in ms, how
// long what is reserved is kept, in ms. Gives one word, for a finished one the place among KEYS and
// the record as well.
const RedisScript& ClaimScript();

// KEYS: it. ARGV: fence, step, the new state or "" for the same, lease in ms, how long it is kept
// when reserved and when sending, in ms.
const RedisScript& HoldScript();

// KEYS: it. ARGV: fence, step, record, replays, how long it is kept in ms, and how long the string
// beside it, or "" for none.
const RedisScript& FinishScript();

// KEYS: it. ARGV: fence, step.
const RedisScript& ForgetScript();

}  // namespace modelgates::gateway
