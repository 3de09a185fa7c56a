import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServerAdapter } from '@whatwg-node/server';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway, type GatewayOptions } from '../index.ts';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { askGraphql, generateImage, temporaryDirectory } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };

async function gatewayOf(options: Partial<GatewayOptions> = {}) {
  const endpoint = await stubEndpoint();
  const gateway = createGateway({ endpoint: { url: endpoint.url }, store: temporaryDirectory(), ...options });
  onTestFinished(async () => gateway.close());
  return gateway;
}

function query(url: string): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: generateImage, variables: { input } }),
  });
}

/** A server of one's own on a free port, gone when the test ends. */
async function serve(handle: (request: Request) => Response | Promise<Response>): Promise<string> {
  const adapter = createServerAdapter(handle);
  const server = createServer((request, response) => void adapter(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Answer {
  readonly data: { readonly generateImage: { readonly __typename: string; readonly url: string } };
}

describe('in a server of your own', () => {
  test('fetch answers a web request, without any server', async () => {
    const gateway = await gatewayOf();
    const response = await gateway.fetch(query('https://app.example.com/graphql'));
    // Next.js, for one, looks at that.
    expect(response).toBeInstanceOf(Response);
    const { data } = (await response.json()) as Answer;
    expect(data.generateImage.url).toMatch(/^https:\/\/app\.example\.com\/images\/img_/);
    const image = await gateway.fetch(new Request(data.generateImage.url));
    expect(image.headers.get('content-type')).toBe('image/png');
    expect((await image.arrayBuffer()).byteLength).toBeGreaterThan(50);
  });

  test("Hono mounts it beside the app's own routes", async () => {
    const app = new Hono();
    const url = await serve(app.fetch);
    const gateway = await gatewayOf({ publicUrl: `${url}/tintype` });
    app.get('/', (context) => context.text('the app'));
    app.mount('/tintype', gateway.fetch);
    expect(await (await fetch(url)).text()).toBe('the app');
    const { data } = (await (await fetch(query(`${url}/tintype/graphql`))).json()) as Answer;
    expect(data.generateImage.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tintype\/images\/img_/);
    expect((await fetch(data.generateImage.url)).status).toBe(200);
  });

  test("Node's http server serves it through an adapter", async () => {
    const gateway = await gatewayOf();
    const url = await serve(gateway.fetch);
    const { data } = await askGraphql(url, generateImage, { input });
    expect(data['generateImage']).toMatchObject({ __typename: 'Image' });
  });

  test('takes stores of your own', async () => {
    const directory = temporaryDirectory();
    const jobStore = createSqliteJobStore(`${directory}/mine.db`);
    const gateway = await gatewayOf({ jobStore, imageStore: createDiskImageStore(`${directory}/mine`) });
    await gateway.fetch(query('http://127.0.0.1/graphql'));
    expect((await jobStore.countJobs()).SUCCEEDED).toBe(1);
  });

  test('two gateways in one process do not mix', async () => {
    const [one, other] = [await gatewayOf(), await gatewayOf()];
    await one.fetch(query('http://127.0.0.1/graphql'));
    const count = async (gateway: typeof one) => {
      const metrics = await (await gateway.fetch(new Request('http://127.0.0.1/metrics'))).text();
      return /tintype_jobs\{status="SUCCEEDED"\} (\d+)/.exec(metrics)?.[1];
    };
    expect([await count(one), await count(other)]).toEqual(['1', '0']);
  });
});
