#include "exchange/shared/redis_exchange_scripts.h"

#include <absl/strings/str_cat.h>

namespace modelgates::gateway {
namespace {

constexpr char kNow[] = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
)";

// Converts at most 15 digits, the format of gateways, to a number; else nil.
constexpr char kNumber[] = R"(
local function number(text)
  if text and #text < 16 and string.find(text, '^%d+$') then return tonumber(text) end
end
)";

// For the steps of the holder of the claim.
constexpr char kOurs[] = R"(
local key = KEYS[1]
if redis.call('TYPE', key).ok ~= 'hash' then return 0 end
local fields = redis.call('HMGET', key, 'state', 'fence', 'step')
local state, fence, step = fields[1], fields[2], number(fields[3])
if state ~= 'reserved' and state ~= 'sending' then return 0 end
if fence ~= ARGV[1] or not step or step >= tonumber(ARGV[2]) then return 0 end
)";

// The string of a successful exchange, which outlives its record.
constexpr char kGivenOut[] = R"(
local function given_out(key) return key .. ':given_out' end
)";

// A claim with the same fence is a repeat, and replaces the earlier one.
constexpr char kClaim[] = R"(
for place, key in ipairs(KEYS) do
  local type = redis.call('TYPE', key).ok
  if type ~= 'none' then
    if type ~= 'hash' then return {'unreadable'} end
    local fields = redis.call('HMGET', key, 'state', 'fence', 'step', 'lease_until', 'record',
                              'replays')
    local state, fence, record = fields[1], fields[2], fields[5]
    local step, lease_until, replays = number(fields[3]), number(fields[4]), number(fields[6])
    if state == 'finished' then
      if not record or not replays then return {'unreadable'} end
      if replays > 1 then
        redis.call('HSET', key, 'replays', replays - 1)
      else
        redis.call('DEL', key)
      end
      return {'finished', place, record}
    end
    if not fence or not step or not lease_until then return {'unreadable'} end
    if state == 'sending' then
      if lease_until > now then return {'sending'} end
      return {'lost'}
    end
    if state ~= 'reserved' then return {'unreadable'} end
    if fence == ARGV[1] then
      if step >= tonumber(ARGV[2]) then return {'reserved'} end
    elseif lease_until > now then
      return {'reserved'}
    end
    redis.call('DEL', key)
    break
  end
  if redis.call('EXISTS', given_out(key)) == 1 then return {'given_out'} end
end
redis.call('HSET', KEYS[1], 'state', 'reserved', 'fence', ARGV[1], 'step', ARGV[2],
           'lease_until', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'claimed'}
)";

constexpr char kHold[] = R"(
if ARGV[3] ~= '' then state = ARGV[3] end
redis.call('HSET', key, 'state', state, 'step', ARGV[2], 'lease_until', now + ARGV[4])
if state == 'sending' then
  redis.call('PEXPIRE', key, ARGV[6])
else
  redis.call('PEXPIRE', key, ARGV[5])
end
return 1
)";

constexpr char kFinish[] = R"(
redis.call('DEL', key)
redis.call('HSET', key, 'state', 'finished', 'record', ARGV[3], 'replays', ARGV[4])
redis.call('PEXPIRE', key, ARGV[5])
if ARGV[6] ~= '' then redis.call('SET', given_out(key), '1', 'PX', ARGV[6]) end
return 1
)";

constexpr char kForget[] = R"(
redis.call('DEL', key)
return 1
)";

}  // namespace

const RedisScript& ClaimScript() {
  static const RedisScript script(absl::StrCat(kNow, kNumber, kGivenOut, kClaim));
  return script;
}

const RedisScript& HoldScript() {
  static const RedisScript script(absl::StrCat(kNow, kNumber, kOurs, kHold));
  return script;
}

const RedisScript& FinishScript() {
  static const RedisScript script(absl::StrCat(kNumber, kOurs, kGivenOut, kFinish));
  return script;
}

const RedisScript& ForgetScript() {
  static const RedisScript script(absl::StrCat(kNumber, kOurs, kForget));
  return script;
}

}  // namespace modelgates::gateway
