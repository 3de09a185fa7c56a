import type { Redis } from 'ioredis';
import { defineScript } from './redis-script.ts';

/** Numbers that, taken in order, give owners turns. */
export interface FairTurns {
  /** The turn of an owner's next job. */
  next(owner: string): Promise<number>;
  /** Tells that a job with this turn is being run. */
  reached(turn: number): Promise<void>;
  /** Counts from the beginning again; answers by how much waiting turns have to come down. */
  rewind(): Promise<number>;
}

/** KEYS: turns. ARGV: owner. */
const nextScript = /* Lua */ `
local turn = math.max(tonumber(redis.call('HGET', KEYS[1], ':now') or 0), tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)) + 1
redis.call('HSET', KEYS[1], ARGV[1], turn)
return turn
`;

/** KEYS: turns. ARGV: turn. */
const reachedScript = /* Lua */ `#!lua flags=allow-oom
if tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], ':now') or 0) then redis.call('HSET', KEYS[1], ':now', ARGV[1]) end
return nil
`;

/** KEYS: turns. Owners who wait for nothing are forgotten. */
const rewindScript = /* Lua */ `
local now = tonumber(redis.call('HGET', KEYS[1], ':now') or 0)
local turns = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
for i = 1, #turns, 2 do
  local left = tonumber(turns[i + 1]) - now
  if left > 0 then redis.call('HSET', KEYS[1], turns[i], left) end
end
return now
`;

/**
 * Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996), each job costing one turn: an owner's job comes one turn after
 * their last one, or after the one being served, whichever is later. An owner with a hundred jobs waiting so delays another's
 * single job by one job, not by a hundred.
 */
export function createFairTurns(redis: Redis, key: string): FairTurns {
  const next = defineScript(redis, 'tintypeNextTurn', nextScript);
  const reached = defineScript(redis, 'tintypeReachedTurn', reachedScript);
  const rewind = defineScript(redis, 'tintypeRewindTurns', rewindScript);
  return {
    next: async (owner) => Number(await next([key], [owner])),
    async reached(turn) {
      await reached([key], [turn]);
    },
    rewind: async () => Number(await rewind([key], [])),
  };
}
