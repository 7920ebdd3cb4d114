
local function number(text)
  if text and #text < 16 and string.find(text, '^%d+$') then return tonumber(text) end
end

local key = KEYS[1]
if redis.call('TYPE', key).ok ~= 'hash' then return 0 end
local fields = redis.call('HMGET', key, 'state', 'fence', 'step')
local state, fence, step = fields[1], fields[2], number(fields[3])
if state ~= 'reserved' and state ~= 'sending' then return 0 end
if fence ~= ARGV[1] or not step or step >= tonumber(ARGV[2]) then return 0 end

local function given_out(key) return key .. ':given_out' end

redis.call('DEL', key)
redis.call('HSET', key, 'state', 'finished', 'record', ARGV[3], 'replays', ARGV[4])
redis.call('PEXPIRE', key, ARGV[5])
if ARGV[6] ~= '' then redis.call('SET', given_out(key), '1', 'PX', ARGV[6]) end
return 1
