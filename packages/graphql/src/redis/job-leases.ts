import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keyPrefix } from './redis-keys.ts';
import { answerOf, defineScript, luaNow } from './redis-script.ts';

export interface JobLeasesOptions {
  readonly redis: Redis;
  /** How long a worker may be silent before its jobs are taken up elsewhere, in milliseconds. */
  readonly leaseMs: number;
  /** Most jobs of one owner run at once, over all workers. */
  readonly mostPerOwner: number;
  /** Another worker has taken the job up, or someone asks for its end. */
  readonly onEnd: (jobId: string, end: LeaseEnd) => void;
}

export type LeaseEnd = { readonly kind: 'lost' } | { readonly kind: 'asked'; readonly why: string };

/** The right to run a job, which one worker has at a time. */
export interface JobLeases {
  /** Takes a job's lease; answers why not, where it is not to be had. */
  take(job: { readonly jobId: string; readonly owner: string }): Promise<'taken' | 'held' | 'owner busy'>;
  release(jobId: string): Promise<void>;
  /** Asks whoever runs the job to end it, also where a message has not reached them. */
  askForEnd(jobId: string, why: string): Promise<void>;
  stop(): void;
}

const leaseKey = (jobId: string): string => `${keyPrefix}:lease:${jobId}`;
const endKey = (jobId: string): string => `${keyPrefix}:end:${jobId}`;
/** Sorted set by when the lease ends: an owner's jobs that are run. A lease that ends unrenewed takes its place along. */
const placesKey = (owner: string): string => `${keyPrefix}:places:${owner}`;

const shared = /* Lua */ `${luaNow}
-- Holds a job's lease, and a place among its owner's, for so many milliseconds from now.
local function hold(lease, places, token, job, ms)
  redis.call('SET', lease, token, 'PX', ms)
  redis.call('ZADD', places, now + ms, job)
  -- Together with the last of its places.
  redis.call('PEXPIREAT', places, redis.call('ZRANGE', places, -1, -1, 'WITHSCORES')[2])
end
`;

/** KEYS: lease, the owner's places. ARGV: token, milliseconds, job, most per owner. */
const takeScript = /* Lua */ `${shared}
if redis.call('EXISTS', KEYS[1]) == 1 then return 'held' end
if redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf') >= tonumber(ARGV[4]) then return 'owner busy' end
hold(KEYS[1], KEYS[2], ARGV[1], ARGV[3], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
return 'taken'
`;

/** KEYS: leases, as many end keys, as many owners' places. ARGV: milliseconds, tokens, jobs. Answers 'kept', 'lost' or '=why to end' for each. */
const renewScript = /* Lua */ `#!lua flags=allow-oom
${shared}
local answers, count = {}, #KEYS / 3
for i = 1, count do
  local token = ARGV[1 + i]
  local holder = redis.call('GET', KEYS[i])
  local why = redis.call('GET', KEYS[count + i])
  if holder and holder ~= token then
    answers[i] = 'lost'
  else
    -- One that ran out while Redis was away is taken again: no one else has.
    hold(KEYS[i], KEYS[2 * count + i], token, ARGV[1 + count + i], ARGV[1])
    answers[i] = why and '=' .. why or 'kept'
  end
end
return answers
`;

/** KEYS: lease, the owner's places. ARGV: token, job. */
const releaseScript = /* Lua */ `#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
`;

/**
 * BullMQ notices by its own locks that a worker is silent, and hands its jobs out again. It does so as well when Redis was
 * away for longer than a lock lives, while the worker is well and at work. These leases tell the two apart: a worker that is
 * alive takes its own again as soon as Redis is back, before anyone else may.
 */
export function createJobLeases({ redis, leaseMs, mostPerOwner, onEnd }: JobLeasesOptions): JobLeases {
  const held = new Map<string, { readonly owner: string; readonly token: string }>();
  const takeLease = defineScript(redis, 'tintypeTakeLease', takeScript);
  const renewLeases = defineScript(redis, 'tintypeRenewLeases', renewScript);
  const releaseLease = defineScript(redis, 'tintypeReleaseLease', releaseScript);

  async function renew(): Promise<void> {
    const leases = [...held];
    if (leases.length === 0) return;
    const ids = leases.map(([jobId]) => jobId);
    const tokens = leases.map(([, { token }]) => token);
    const places = leases.map(([, { owner }]) => placesKey(owner));
    const keys = [...ids.map(leaseKey), ...ids.map(endKey), ...places];
    const answers = (await renewLeases(keys, [leaseMs, ...tokens, ...ids])) as readonly string[];
    for (const [index, jobId] of ids.entries()) {
      const answer = answers[index] ?? 'kept';
      if (!held.has(jobId) || answer === 'kept') continue;
      if (answer === 'lost') held.delete(jobId);
      onEnd(jobId, answer === 'lost' ? { kind: 'lost' } : { kind: 'asked', why: answer.slice(1) });
    }
  }

  const renewing = (): void => void renew().catch(() => undefined);
  const timer = setInterval(renewing, leaseMs / 3);
  redis.on('ready', renewing);

  return {
    async take({ jobId, owner }) {
      const token = randomUUID();
      const answer = await takeLease([leaseKey(jobId), placesKey(owner)], [token, leaseMs, jobId, mostPerOwner]);
      if (answer === 'taken') held.set(jobId, { owner, token });
      return answer as 'taken' | 'held' | 'owner busy';
    },
    async release(jobId) {
      const lease = held.get(jobId);
      if (lease === undefined) return;
      held.delete(jobId);
      await releaseLease([leaseKey(jobId), placesKey(lease.owner)], [lease.token, jobId]);
    },
    async askForEnd(jobId, why) {
      await answerOf(redis.set(endKey(jobId), why, 'PX', leaseMs * 2));
    },
    stop() {
      clearInterval(timer);
      redis.off('ready', renewing);
    },
  };
}
