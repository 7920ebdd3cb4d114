
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function number(text)
  if text and #text < 16 and string.find(text, '^%d+$') then return tonumber(text) end
end

local key = KEYS[1]
if redis.call('TYPE', key).ok ~= 'hash' then return 0 end
local fields = redis.call('HMGET', key, 'state', 'fence', 'step')
local state, fence, step = fields[1], fields[2], number(fields[3])
if state ~= 'reserved' and state ~= 'sending' then return 0 end
if fence ~= ARGV[1] or not step or step >= tonumber(ARGV[2]) then return 0 end

if ARGV[3] ~= '' then state = ARGV[3] end
redis.call('HSET', key, 'state', state, 'step', ARGV[2], 'lease_until', now + ARGV[4])
if state == 'sending' then
  redis.call('PEXPIRE', key, ARGV[6])
else
  redis.call('PEXPIRE', key, ARGV[5])
end
return 1
