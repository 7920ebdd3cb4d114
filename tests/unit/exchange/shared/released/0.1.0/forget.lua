
local function number(text)
  if text and #text < 16 and string.find(text, '^%d+$') then return tonumber(text) end
end

local key = KEYS[1]
if redis.call('TYPE', key).ok ~= 'hash' then return 0 end
local fields = redis.call('HMGET', key, 'state', 'fence', 'step')
local state, fence, step = fields[1], fields[2], number(fields[3])
if state ~= 'reserved' and state ~= 'sending' then return 0 end
if fence ~= ARGV[1] or not step or step >= tonumber(ARGV[2]) then return 0 end

redis.call('DEL', key)
return 1
