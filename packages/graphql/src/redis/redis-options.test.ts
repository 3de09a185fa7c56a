import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../gateway/configuration-error.ts';
import type { GatewayOptions } from '../gateway/gateway-options.ts';
import { resolveOptions } from '../gateway/resolve-options.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { shownRedisUrl } from './redis-address.ts';

function problemsOf(options: Partial<GatewayOptions>): readonly string[] {
  try {
    resolveOptions({ endpoint: { url: 'http://127.0.0.1:9' }, ...options });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the options of many machines', () => {
  test.for(['gateway', 'worker'] as const)('a %s without a Redis is told that it needs one', (role) => {
    expect(problemsOf({ role })).toEqual([expect.stringContaining('redisUrl is not set')]);
  });

  test.for([
    'http://host:6379',
    'host:6379',
    'redis://',
    'redis://user:hushhush@host:port',
    'redis://:hushhush@host/jobs',
  ])('%s is no address of a Redis, and its password is not shown', (redisUrl) => {
    const problems = problemsOf({ redisUrl });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('redis://host:6379/0');
    expect(problems[0]).not.toContain('hushhush');
  });

  test.for(['redis://host', 'redis://host:6379/0', 'rediss://user:hushhush@host:6380/3', 'redis://[::1]:6379'])(
    '%s is one',
    (redisUrl) => {
      expect(problemsOf({ redisUrl, role: 'worker' })).toEqual([]);
      expect(shownRedisUrl(redisUrl)).not.toContain('hushhush');
    },
  );

  test('jobs are kept in one place', async () => {
    const jobStore = createSqliteJobStore(':memory:');
    expect(problemsOf({ redisUrl: 'redis://host', jobStore })).toEqual([expect.stringContaining('give one of them')]);
    await jobStore.close();
  });
});

/** What a program of its own prints, without the test runner's ways to find packages. */
async function printed(script: string): Promise<string> {
  const { NODE_PATH: _, ...env } = process.env;
  const args = ['--conditions=@tintype/source', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: import.meta.dirname });
  return stdout;
}

test('all libraries that are missing are named, with the command', async () => {
  const said = await printed(`
    import { createRequire } from 'node:module';
    import { loadRedis } from './load-redis.ts';
    try { loadRedis(createRequire('/')); } catch (error) { console.log(String(error)); }`);
  expect(said).toContain('ConfigurationError: Jobs in a Redis need the packages ioredis and bullmq,');
  expect(said).toContain('npm install ioredis@6 bullmq@6');
});

test('a gateway on one machine loads nothing of Redis', async () => {
  const loaded = await printed(`
    import { createRequire } from 'node:module';
    import { mkdtempSync } from 'node:fs';
    import { createGateway } from '../index.ts';
    const gateway = createGateway({ endpoint: { url: 'http://127.0.0.1:9' }, store: mkdtempSync('/tmp/tintype-') });
    await gateway.close();
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    process.stdout.write(String(loaded.filter((file) => /\\/(bullmq|ioredis)\\//.test(file)).length));`);
  expect(loaded).toBe('0');
});
