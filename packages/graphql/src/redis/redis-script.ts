import type { Redis } from 'ioredis';
import { redisFailure } from './redis-failure.ts';

/** A Lua script, which Redis carries out as one step: nothing comes between its commands, and it is there whole or not at all. */
export type RedisScript = (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** The beginning of a script that goes by Redis' clock: `now`, in milliseconds since the epoch. */
export const luaNow = /* Lua */ `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Makes a script callable. It is sent once, and again to a server that was started anew. */
export function defineScript(redis: Redis, name: string, lua: string): RedisScript {
  redis.defineCommand(name, { lua });
  const command = Reflect.get(redis, name) as (...args: readonly (string | number)[]) => Promise<unknown>;
  return async (keys, args) => answerOf(command.call(redis, keys.length, ...keys, ...args));
}

/** What Redis answers. @throws StoreError - whatever goes wrong, without what was sent. */
export async function answerOf<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw redisFailure(error);
  }
}
