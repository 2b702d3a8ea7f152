-- Keeps a value unless one at least as new is there. One key: works in a cluster, too.
-- KEYS[1]  where                 ARGV[1]  the value, in the form of entry.py
--                                ARGV[2]  its lifetime in milliseconds
--                                ARGV[3]  the channel to announce it on; empty: it is not announced
-- Result   1: stored.  0: kept what is there, the same version (and its lifetime).
--          a string: kept what is there, newer; this is it.

-- Format, version (19 digits, so text compares as numbers do), subject.
local FORM = '^tally/%d (' .. string.rep('%d', 19) .. ') (%S+) '

local version, subject = string.match(ARGV[1], FORM)
if not version then return redis.error_reply('ERR not a value of this cache') end

local held = redis.pcall('getrange', KEYS[1], 0, 63)
if type(held) == 'string' then -- else: a value of another type, to be overwritten
  local held_version, held_subject = string.match(held, FORM)
  if held_subject == subject then -- else: nothing, unreadable or another job's
    if held_version == version then return 0 end
    if held_version > version then return redis.call('get', KEYS[1]) end
  end
end

local stored = redis.pcall('set', KEYS[1], ARGV[1], 'px', ARGV[2])
if stored.err then
  redis.pcall('del', KEYS[1]) -- out of memory: better nothing than what is known to be old
  return stored
end
if ARGV[3] ~= '' then
  redis.pcall('publish', ARGV[3], ARGV[1]) -- who may not publish keeps the value all the same
end
return 1
