import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keyPrefix } from './redis-keys.ts';
import { answerOf, defineScript } from './redis-script.ts';

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
  release(job: { readonly jobId: string; readonly owner: string }): Promise<void>;
  /** Asks whoever runs the job to end it, also where a message has not reached them. */
  askForEnd(jobId: string, why: string): Promise<void>;
  stop(): void;
}

const leaseKey = (jobId: string): string => `${keyPrefix}:lease:${jobId}`;
const endKey = (jobId: string): string => `${keyPrefix}:end:${jobId}`;
const runningKey = (owner: string): string => `${keyPrefix}:running:${owner}`;

/** KEYS: lease, the owner's running jobs. ARGV: token, milliseconds, job, most per owner. */
const takeScript = /* Lua */ `
if redis.call('EXISTS', KEYS[1]) == 1 then return 'held' end
if redis.call('SISMEMBER', KEYS[2], ARGV[3]) == 0 and redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then
  return 'owner busy'
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[3])
return 'taken'
`;

/** KEYS: leases, as many end keys. ARGV: milliseconds, tokens. Answers 'kept', 'lost' or '=why to end' for each. */
const renewScript = /* Lua */ `#!lua flags=allow-oom
local answers, count = {}, #KEYS / 2
for i = 1, count do
  local holder = redis.call('GET', KEYS[i])
  local why = redis.call('GET', KEYS[count + i])
  if holder and holder ~= ARGV[i + 1] then
    answers[i] = 'lost'
  else
    -- One that ran out while Redis was away is taken again: no one else has.
    redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1])
    answers[i] = why and '=' .. why or 'kept'
  end
end
return answers
`;

/** KEYS: lease, the owner's running jobs. ARGV: token, job. */
const releaseScript = /* Lua */ `#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], ARGV[2])
return 1
`;

/**
 * BullMQ notices by its own locks that a worker is silent, and hands its jobs out again. It does so as well when Redis was
 * away for longer than a lock lives, while the worker is well and at work. These leases tell the two apart: a worker that is
 * alive takes its own again as soon as Redis is back, before anyone else may.
 */
export function createJobLeases({ redis, leaseMs, mostPerOwner, onEnd }: JobLeasesOptions): JobLeases {
  const held = new Map<string, string>();
  const takeLease = defineScript(redis, 'tintypeTakeLease', takeScript);
  const renewLeases = defineScript(redis, 'tintypeRenewLeases', renewScript);
  const releaseLease = defineScript(redis, 'tintypeReleaseLease', releaseScript);

  async function renew(): Promise<void> {
    const leases = [...held];
    if (leases.length === 0) return;
    const ids = leases.map(([jobId]) => jobId);
    const tokens = leases.map(([, token]) => token);
    const keys = [...ids.map(leaseKey), ...ids.map(endKey)];
    const answers = (await renewLeases(keys, [leaseMs, ...tokens])) as readonly string[];
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
      const answer = await takeLease([leaseKey(jobId), runningKey(owner)], [token, leaseMs, jobId, mostPerOwner]);
      if (answer === 'taken') held.set(jobId, token);
      return answer as 'taken' | 'held' | 'owner busy';
    },
    async release({ jobId, owner }) {
      const token = held.get(jobId);
      if (token === undefined) return;
      held.delete(jobId);
      await releaseLease([leaseKey(jobId), runningKey(owner)], [token, jobId]);
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
