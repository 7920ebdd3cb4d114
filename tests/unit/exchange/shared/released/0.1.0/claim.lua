
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function number(text)
  if text and #text < 16 and string.find(text, '^%d+$') then return tonumber(text) end
end

local function given_out(key) return key .. ':given_out' end

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
