import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { freePort } from '../free-port.ts';

/** A real Redis on a port of its own, with the append-only file on. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Starts it again with what its file holds. */
  start(): Promise<void>;
  /** `SIGTERM` lets it write its file to the end, as a restart does; `SIGKILL` does not. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops it from answering, with all connections open, until `SIGCONT`. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** A connection for the test itself, gone when the test ends. */
  connect(): Redis;
  /** Stops it and takes its files away. */
  remove(): Promise<void>;
}

/** Starts a Redis; call `remove` when the tests are over. Fails where redis-server is not installed. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'tintype-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    async start() {
      const options = { port, dir: directory, bind: '127.0.0.1', appendonly: 'yes', save: '', daemonize: 'no' };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      child = spawn('redis-server', [...args, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
      const failed = once(child, 'error').then(([error]) => {
        throw new Error('redis-server could not be started; install it (apt-get install redis-server).', {
          cause: error,
        });
      });
      await Promise.race([answers(server.url), failed]);
    },
    async stop(signal = 'SIGTERM') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    signal(signal) {
      child?.kill(signal);
    },
    connect() {
      const redis = new Redis(server.url);
      redis.on('error', () => undefined);
      onTestFinished(() => redis.disconnect());
      return redis;
    },
    async remove() {
      child?.kill('SIGCONT');
      await server.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** One Redis for all tests of a file, empty at the beginning of each; it can be asked for once a test runs. */
export function redisOfFile(): () => RedisServer {
  let server: RedisServer | undefined;
  const running = (): RedisServer => {
    if (server === undefined) throw new Error('Redis is started when the tests begin.');
    return server;
  };
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => server?.remove());
  beforeEach(async () => {
    await running().connect().flushall();
  });
  return running;
}

/** Settles when it has read its file and takes commands. */
async function answers(url: string): Promise<void> {
  const redis = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  try {
    await redis.ping();
  } finally {
    redis.disconnect();
  }
  await sleep(0);
}
