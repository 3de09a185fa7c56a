import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCompose } from '../src/compose-file.ts';
import { serve, stop, temporaryFolder } from '../src/tintype-process.ts';

/** What the image asks itself. */
function isHealthy(url: string): boolean {
  const dockerfile = readFileSync(new URL('../../../deploy/Dockerfile', import.meta.url), 'utf8');
  const [, check = ''] = /HEALTHCHECK[^[]*(\[.*\])/.exec(dockerfile) ?? [];
  const [program = '', ...args] = JSON.parse(check) as readonly string[];
  const env = { PATH: process.env['PATH'], TINTYPE_PORT: new URL(url).port };
  return spawnSync(program, args, { env }).status === 0;
}

const key = 'a-key-of-sixteen-letters';
const { services } = readCompose({ TINTYPE_API_KEYS: `shop:${key}` });

/** A line of `write-spans.mjs`. */
interface WrittenSpan {
  readonly pid: number;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Redis by the composition's own command; fails where redis-server is not installed. */
async function redis(): Promise<string> {
  const port = await freePort();
  const [program = '', ...args] = services['redis']?.command?.split(' ') ?? [];
  const child = spawn(program, [...args, '--port', String(port), '--bind', '127.0.0.1', '--dir', temporaryFolder()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => stop(child));
  for await (const line of child.stdout) if (String(line).includes('Ready to accept connections')) break;
  child.stdout.resume();
  return `redis://127.0.0.1:${port}`;
}

test('what the composition starts makes images, each of them one trace over its processes', async () => {
  const address = await redis();
  const store = temporaryFolder();
  const spansFile = path.join(temporaryFolder(), 'spans');
  const start = async (service: string) =>
    serve({
      ...services[service]?.environment,
      TINTYPE_REDIS_URL: address,
      TINTYPE_STORE: store,
      TINTYPE_HOST: '127.0.0.1',
      TINTYPE_LOG: 'silent',
      NODE_OPTIONS: `--import ${new URL('write-spans.mjs', import.meta.url).href}`,
      SPANS_FILE: spansFile,
    });
  const gateway = await start('gateway');
  const workers = Array.from({ length: services['worker']?.deploy?.replicas ?? 0 }, async () => start('worker'));
  for (const url of [gateway, ...(await Promise.all(workers))]) {
    await expect.poll(() => isHealthy(url)).toBe(true);
  }
  expect(isHealthy('http://127.0.0.1:9')).toBe(false);
  const query = /* GraphQL */ `
    mutation {
      generateImage(input: { prompt: "a red circle", width: 64, height: 64, inferenceSteps: 1 }) {
        ... on Image {
          url
        }
      }
    }
  `;
  const ask = async (headers: Record<string, string>) =>
    fetch(`${gateway}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  expect((await ask({})).status).toBe(401);
  const { data } = (await (await ask({ authorization: `Bearer ${key}` })).json()) as {
    readonly data: { readonly generateImage: { readonly url: string } };
  };
  expect((await fetch(data.generateImage.url)).headers.get('content-type')).toMatch(/^image\//);

  const spans = () =>
    readFileSync(spansFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WrittenSpan);
  const named = (name: string) => spans().find((span) => span.name === name);
  await expect.poll(() => named('generate_content default')).toBeDefined();
  const [request, job, attempt] = [named('POST /graphql'), named('generate_content default'), named('POST')];
  const asked = spans().filter(({ name, traceId }) => name === 'POST /graphql' && traceId === job?.traceId);
  expect(asked.map(({ spanId }) => spanId)).toEqual([job?.parent]);
  expect(attempt).toMatchObject({ traceId: job?.traceId, parent: job?.spanId, pid: job?.pid });
  expect(job?.pid).not.toBe(request?.pid);
});
