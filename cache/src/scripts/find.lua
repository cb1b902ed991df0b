-- What stands under an entry (KEYS[1]) and under its clock (KEYS[2]), as far as one of ours can reach (ARGV[1] bytes).
-- Something of another type is as unsound as any other rubbish, and no failure of Redis.
local function held(key, most)
    local text = redis.pcall('GETRANGE', key, 0, most)
    return type(text) == 'string' and text or '?'
end
return { held(KEYS[1], ARGV[1]), held(KEYS[2], 20) }
