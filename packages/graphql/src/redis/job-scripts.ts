import { keyPrefix } from './redis-keys.ts';

/**
 * The store's writes, in Lua (https://redis.io/docs/latest/develop/programmability/eval-intro/). Members of a job are JSON
 * texts and pass through untouched: Lua's own JSON would turn an empty list into an object.
 */

/** What a job may need that Redis has no memory for. Ends of jobs are written all the same: they let go of more than they take. */
const alsoWhenFull = '#!lua flags=allow-oom';

const shared = /* Lua */ `
local P = '${keyPrefix}:'
local call = redis.call

-- The text in a JSON string without escapes, such as a state or an id.
local function text(json)
  return json and string.sub(json, 2, -2)
end

local function is_open(status)
  return status == 'QUEUED' or status == 'WAITING' or status == 'RUNNING'
end

-- Writes members given as names and values from argument number first on; an empty value takes the member away.
local function write(key, first)
  for i = first, #ARGV, 2 do
    if ARGV[i + 1] == '' then call('HDEL', key, ARGV[i]) else call('HSET', key, ARGV[i], ARGV[i + 1]) end
  end
end

local function enter(id, owner, status, created_at)
  call('ZADD', P .. 'jobs:' .. status, created_at, id)
  call('ZADD', P .. 'owner:' .. owner .. ':jobs:' .. status, created_at, id)
end

local function leave(id, owner, status)
  call('ZREM', P .. 'jobs:' .. status, id)
  call('ZREM', P .. 'owner:' .. owner .. ':jobs:' .. status, id)
end

-- Moves a job whose members are written already from one state's lists to another's.
local function move(key, id, from)
  local now = call('HMGET', key, 'status', 'owner', 'createdAt')
  local status, owner = text(now[1]), text(now[2])
  if status ~= from then
    leave(id, owner, from)
    enter(id, owner, status, now[3])
  end
end
`;

/**
 * KEYS: the job, its claim. ARGV: id, owner, state, creation, most queued, input's hash ('' without a claim), the claim's
 * expiry, milliseconds until Redis may forget the claim, then the record.
 */
export const createJobScript = /* Lua */ `${shared}
local id, owner, status, created_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- The same request again: its answer was lost with the connection.
if call('EXISTS', KEYS[1]) == 1 then return {'created'} end
if ARGV[6] ~= '' then
  local claim = call('HMGET', KEYS[2], 'job', 'input', 'expires')
  if claim[1] and tonumber(claim[3]) > tonumber(created_at) then
    local earlier = P .. 'job:' .. claim[1]
    local facts = call('HMGET', earlier, 'status', 'imageId')
    local state = text(facts[1])
    if state then
      if claim[2] ~= ARGV[6] then return {'conflict', call('HGETALL', earlier)} end
      local is_kept = is_open(state) or (state == 'SUCCEEDED' and call('EXISTS', P .. 'image:' .. text(facts[2])) == 1)
      if is_kept then return {'repeated', call('HGETALL', earlier)} end
    end
  end
end
local queued = call('ZCARD', P .. 'jobs:QUEUED')
if queued >= tonumber(ARGV[5]) then return {'full', queued} end
write(KEYS[1], 9)
enter(id, owner, status, created_at)
call('ZADD', P .. 'owner:' .. owner .. ':jobs', created_at, id)
if ARGV[6] ~= '' then
  call('HSET', KEYS[2], 'job', id, 'input', ARGV[6], 'expires', ARGV[7])
  call('PEXPIRE', KEYS[2], ARGV[8])
end
return {'created'}
`;

/**
 * KEYS: the job. ARGV: id, the states it may be in as 'A,B,', the run that asks ('' for anyone), this change's own name, then
 * the members to write.
 */
export const changeJobScript = /* Lua */ `${alsoWhenFull}
${shared}
local facts = call('HMGET', KEYS[1], 'status', 'dispatches', ':change')
local status = text(facts[1])
if not status then return nil end
-- The same change again: its answer was lost with the connection.
if facts[3] == ARGV[4] then return call('HGETALL', KEYS[1]) end
if not string.find(ARGV[2], status .. ',', 1, true) then return nil end
if ARGV[3] ~= '' and ARGV[3] ~= facts[2] then return nil end
write(KEYS[1], 5)
call('HSET', KEYS[1], ':change', ARGV[4])
move(KEYS[1], ARGV[1], status)
return call('HGETALL', KEYS[1])
`;

/** KEYS: the job, the image's record. ARGV: the job's id, the image's id, owner, creation, bytes, record, then the job's members. */
export const addImageScript = /* Lua */ `${alsoWhenFull}
${shared}
local id, image, owner, created_at, bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local facts = call('HMGET', KEYS[1], 'status', 'imageId')
local status = text(facts[1])
-- Another run makes this job's image, under another id.
if status and text(facts[2]) ~= image then return call('HGETALL', KEYS[1]) end
local before = call('HGET', P .. 'image-sizes', image) or 0
call('SET', KEYS[2], ARGV[6])
call('ZADD', P .. 'images', created_at, image)
call('ZADD', P .. 'owner:' .. owner .. ':images', created_at, image)
call('HSET', P .. 'image-sizes', image, bytes)
call('INCRBY', P .. 'image-bytes', bytes - before)
if not status then return nil end
if is_open(status) then
  write(KEYS[1], 7)
  move(KEYS[1], id, status)
end
return call('HGETALL', KEYS[1])
`;

/** ARGV: ids of images. */
export const removeImagesScript = /* Lua */ `${alsoWhenFull}
${shared}
for _, image in ipairs(ARGV) do
  local record = call('GET', P .. 'image:' .. image)
  if record then
    call('DEL', P .. 'image:' .. image)
    call('ZREM', P .. 'images', image)
    call('ZREM', P .. 'owner:' .. cjson.decode(record).owner .. ':images', image)
    call('DECRBY', P .. 'image-bytes', call('HGET', P .. 'image-sizes', image) or 0)
    call('HDEL', P .. 'image-sizes', image)
  end
end
return nil
`;

/** ARGV: the state, creation before which jobs go, how many at a time. Answers how many went. */
export const forgetJobsScript = /* Lua */ `${alsoWhenFull}
${shared}
local status = ARGV[1]
local ids = call('ZRANGEBYSCORE', P .. 'jobs:' .. status, '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do
  local owner = text(call('HGET', P .. 'job:' .. id, 'owner'))
  if owner then
    leave(id, owner, status)
    call('ZREM', P .. 'owner:' .. owner .. ':jobs', id)
  else
    call('ZREM', P .. 'jobs:' .. status, id)
  end
  call('DEL', P .. 'job:' .. id)
end
return #ids
`;

/** Answers the ids of jobs that have not ended, oldest first. */
export const openJobsScript = /* Lua */ `${alsoWhenFull}
${shared}
local found = {}
for _, status in ipairs({'QUEUED', 'WAITING', 'RUNNING'}) do
  local ids = call('ZRANGE', P .. 'jobs:' .. status, 0, -1, 'WITHSCORES')
  for i = 1, #ids, 2 do table.insert(found, {ids[i], tonumber(ids[i + 1])}) end
end
table.sort(found, function(one, other) return one[2] < other[2] end)
local ids = {}
for i, job in ipairs(found) do ids[i] = job[1] end
return ids
`;

/**
 * A page of a list, newest first. KEYS: the list. ARGV: how many, the creation to go on behind ('+inf' from the start), the id
 * to go on behind, 'job' or 'image'. Answers the records.
 */
export const pageScript = /* Lua */ `${alsoWhenFull}
${shared}
-- Byte by byte, as Redis orders: Lua's own comparison asks the machine's locale.
local function is_before(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return #one < #other
end
local most, behind, behind_id, kind = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local records, offset = {}, 0
while #records < most do
  local ids = call('ZREVRANGEBYSCORE', KEYS[1], behind, '-inf', 'WITHSCORES', 'LIMIT', offset, most)
  if #ids == 0 then break end
  for i = 1, #ids, 2 do
    local is_behind = behind == '+inf' or tonumber(ids[i + 1]) < tonumber(behind) or is_before(ids[i], behind_id)
    if is_behind and #records < most then
      local key = P .. kind .. ':' .. ids[i]
      local record = kind == 'job' and call('HGETALL', key) or call('GET', key)
      if record and #record > 0 then table.insert(records, record) end
    end
  end
  offset = offset + #ids / 2
end
return records
`;
