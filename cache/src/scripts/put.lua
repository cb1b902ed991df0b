-- Compare-and-set: an entry (KEYS[1]) and its clock (KEYS[2]) are never set back.
-- ARGV: version, entry (empty: the clock alone), their lifetimes in milliseconds, channel and news.
-- Answers 1 where it was written, 0 where something newer is there, -1 where Redis takes nothing.
local version = tonumber(ARGV[1])

-- The number a text begins with; looks at no more of it than that.
local function number(key)
    local text = redis.pcall('GETRANGE', key, 0, 20)
    return type(text) == 'string' and tonumber(string.match(text, '^%d+')) or nil
end

-- What cannot be set is taken away: whoever finds nothing asks further, and whoever finds something old believes it.
local function set(key, value, lifetime)
    local done = redis.pcall('SET', key, value, 'PX', lifetime)
    if type(done) == 'table' and done.err then
        redis.pcall('DEL', key)
        return false
    end
    return true
end

local clock, entry = number(KEYS[2]), number(KEYS[1])
if (clock and clock > version) or (entry and entry > version) then
    return 0
end
local told = set(KEYS[2], ARGV[1], ARGV[4])
local kept = ARGV[2] == '' or set(KEYS[1], ARGV[2], ARGV[3])
if not clock or clock < version then
    redis.pcall('PUBLISH', ARGV[5], ARGV[6])
end
return told and kept and 1 or -1
