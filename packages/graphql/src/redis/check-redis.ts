import type { Redis } from 'ioredis';
import { StoreError } from '../gateway/store-error.ts';
import { keyPrefix } from './redis-keys.ts';
import { answerOf } from './redis-script.ts';

/** Raised with each change of the records that earlier versions cannot live with. */
const format = 1;

const leastVersion = 7;

/**
 * Looks at how Redis is set up; answers what is at risk, in sentences for the log.
 *
 * @throws StoreError - it cannot be reached, is too old, or holds what a later version of Tintype has written.
 */
export async function checkRedis(redis: Redis): Promise<readonly string[]> {
  const facts = parseInfo(await answerOf(redis.info()));
  const version = facts.get('redis_version') ?? '';
  if (Number.parseInt(version, 10) < leastVersion) {
    throw new StoreError({
      reason: 'wrong_version',
      place: 'Redis',
      of: 'version',
      found: version,
      needed: `${leastVersion} or later, or a Valkey`,
    });
  }
  await answerOf(redis.set(`${keyPrefix}:format`, format, 'NX'));
  const found = Number(await answerOf(redis.get(`${keyPrefix}:format`)));
  if (found > format) {
    throw new StoreError({
      reason: 'wrong_version',
      place: 'The data in Redis',
      of: 'format',
      found: String(found),
      needed: String(format),
    });
  }
  return risks(facts);
}

function risks(facts: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  if (facts.get('aof_enabled') === '0') {
    found.push(
      'Redis has no append-only file: when it is restarted, jobs and the records of images since its last snapshot are lost, and what was asked for is made and billed again. Set appendonly yes.',
    );
  }
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    found.push(
      `Redis has the maxmemory-policy ${policy}: when its memory is full it throws jobs and records away, unasked. Set maxmemory-policy noeviction; new jobs are refused then until there is room.`,
    );
  }
  return found;
}

/** https://redis.io/docs/latest/commands/info/ */
function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
