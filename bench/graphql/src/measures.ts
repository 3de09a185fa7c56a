import { Agent, request } from 'undici';
import { createImageClient } from '@tintype/core';
import { startServer, type BenchServer } from './child-process.ts';
import { askGraphql, getBytes, inParallel, median, percentile } from './load.ts';

/** A figure with the bar it has to keep. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly bar: string;
  readonly holds: boolean;
  readonly details: string;
}

const rounds = 3;

async function interleaved(
  runs: Readonly<Record<string, () => Promise<number>>>,
): Promise<ReadonlyMap<string, number>> {
  const samples = new Map(Object.keys(runs).map((name) => [name, [] as number[]]));
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const value = await run();
      if (round >= 0) samples.get(name)?.push(value);
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}

/** CPU of a mutation that finds nothing to do. */
export async function trivialMutation(): Promise<Figure> {
  const servers = {
    gateway: await startServer(new URL('./server.ts', import.meta.url), 'gateway', 'http://127.0.0.1:9'),
    bare: await startServer(new URL('./server.ts', import.meta.url), 'bare'),
  };
  const times = 2_000;
  const cpuOf = (server: BenchServer) => async () => {
    const before = await server.cpuMs();
    const work = async () =>
      askGraphql(
        server.url,
        'mutation { cancelJob(id: "job_none") { __typename ... on NotFoundError { code message } } }',
      );
    await inParallel({ times, concurrency: 16, work });
    return ((await server.cpuMs()) - before) / times;
  };
  const cpu = await interleaved({ gateway: cpuOf(servers.gateway), bare: cpuOf(servers.bare) });
  for (const server of Object.values(servers)) server.stop();
  const [gateway = Number.NaN, bare = Number.NaN] = [cpu.get('gateway'), cpu.get('bare')];
  const value = gateway / bare;
  return {
    what: 'CPU of a trivial mutation, full stack to bare Yoga',
    value,
    bar: '<= 1.5',
    holds: value <= 1.5,
    details: `${(gateway * 1_000).toFixed(0)} µs to ${(bare * 1_000).toFixed(0)} µs`,
  };
}

/** An image of 1.5 MB, by its URL and inside the answer. */
export async function imageByUrl(): Promise<readonly Figure[]> {
  const endpoint = await startServer(new URL('./endpoint.ts', import.meta.url), '1500000');
  const gateway = await startServer(new URL('./server.ts', import.meta.url), 'gateway', endpoint.url);
  const made = await askGraphql<{ readonly generateImage: { readonly id: string; readonly byteLength: number } }>(
    gateway.url,
    'mutation { generateImage(input: { prompt: "x" }) { ... on Image { id byteLength } } }',
  );
  const { id, byteLength } = made.generateImage;
  const check = (bytes: Buffer) => {
    if (bytes.length !== byteLength) throw new Error(`${bytes.length} bytes came instead of ${byteLength}.`);
  };
  const flows = {
    url: async () => {
      const { image } = await askGraphql<{ readonly image: { readonly url: string } }>(
        gateway.url,
        'query ($id: ID!) { image(id: $id) { url } }',
        { id },
      );
      check(await getBytes(image.url));
    },
    base64: async () => {
      const { image } = await askGraphql<{ readonly image: { readonly base64: string } }>(
        gateway.url,
        'query ($id: ID!) { image(id: $id) { base64 } }',
        { id },
      );
      check(Buffer.from(image.base64, 'base64'));
    },
  };
  const p99 = { url: [] as number[], base64: [] as number[] };
  const rate = (name: keyof typeof flows) => async () => {
    const { each, totalMs } = await inParallel({ times: 160, concurrency: 16, work: flows[name] });
    p99[name].push(percentile(each, 0.99));
    return (160 / totalMs) * 1_000;
  };
  const rates = await interleaved({ url: rate('url'), base64: rate('base64') });
  gateway.stop();
  endpoint.stop();
  const [byUrl = Number.NaN, inside = Number.NaN] = [rates.get('url'), rates.get('base64')];
  const [urlP99, base64P99] = [median(p99.url.slice(1)), median(p99.base64.slice(1))];
  return [
    {
      what: 'images a second of 1.5 MB, by URL to base64 in the answer',
      value: byUrl / inside,
      bar: '>= 3.5',
      holds: byUrl / inside >= 3.5,
      details: `${byUrl.toFixed(0)}/s to ${inside.toFixed(0)}/s`,
    },
    {
      what: 'p99 of 1.5 MB, by URL to base64 in the answer',
      value: urlP99 / base64P99,
      bar: '<= 0.33',
      holds: urlP99 / base64P99 <= 1 / 3,
      details: `${urlP99.toFixed(0)} ms to ${base64P99.toFixed(0)} ms`,
    },
  ];
}

/** What the gateway adds to an endpoint that answers in 50 ms, with 16 callers. */
export async function addedLatency(): Promise<Figure> {
  const endpoint = await startServer(new URL('./endpoint.ts', import.meta.url), '20000', '50');
  const gateway = await startServer(new URL('./server.ts', import.meta.url), 'gateway', endpoint.url, '16');
  const client = createImageClient({ endpoint: endpoint.url, concurrency: 16 });
  const work = {
    direct: async () => client.generate({ prompt: 'x' }),
    gateway: async () => {
      const { generateImage } = await askGraphql<{ readonly generateImage: { readonly url?: string } }>(
        gateway.url,
        'mutation { generateImage(input: { prompt: "x" }) { ... on Image { url } } }',
      );
      if (generateImage.url === undefined) throw new Error('There was no image.');
    },
  };
  const p50 = (name: keyof typeof work) => async () =>
    median((await inParallel({ times: 480, concurrency: 16, work: work[name] })).each);
  const times = await interleaved({ direct: p50('direct'), gateway: p50('gateway') });
  await client.close();
  gateway.stop();
  endpoint.stop();
  const [through = Number.NaN, direct = Number.NaN] = [times.get('gateway'), times.get('direct')];
  return {
    what: 'milliseconds (p50) added to an endpoint that answers in 50 ms',
    value: through - direct,
    bar: '<= 5',
    holds: through - direct <= 5,
    details: `${through.toFixed(1)} ms to ${direct.toFixed(1)} ms; 16 callers, images of 20 kB`,
  };
}

const subscribers = 1_000;
const warmUps = 20;

/** Memory of a thousand open subscriptions. */
export async function openSubscriptions(): Promise<Figure> {
  const endpoint = await startServer(new URL('./endpoint.ts', import.meta.url), '1000', '3600000');
  const grown: Record<'gateway' | 'bare', number[]> = { gateway: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of ['gateway', 'bare'] as const) {
      const server = await startServer(new URL('./server.ts', import.meta.url), variant, endpoint.url);
      grown[variant].push(await growth(server, variant));
      server.stop();
    }
  }
  endpoint.stop();
  const [gateway, bare] = [median(grown.gateway), median(grown.bare)];
  return {
    what: `memory of ${subscribers} open subscriptions, full stack to bare Yoga`,
    value: gateway / bare,
    bar: '<= 1.3',
    holds: gateway / bare <= 1.3,
    details: `${(gateway / 1e6).toFixed(0)} MB to ${(bare / 1e6).toFixed(0)} MB`,
  };
}

async function growth(server: BenchServer, variant: 'gateway' | 'bare'): Promise<number> {
  const id =
    variant === 'bare'
      ? 'job_any'
      : (
          await askGraphql<{ readonly enqueueImage: { readonly id: string } }>(
            server.url,
            'mutation { enqueueImage(input: { prompt: "x" }) { ... on Job { id } } }',
          )
        ).enqueueImage.id;
  const agent = new Agent({ connections: subscribers + warmUps, pipelining: 1 });
  const subscribe = async (): Promise<void> => {
    const { body } = await request(`${server.url}/graphql`, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: 'Bearer bench-key-of-the-benchmark',
      },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { jobUpdated(id: $id) { id status queuePosition } }',
        variables: { id },
      }),
    });
    await new Promise<void>((resolve) => {
      body.on('data', (data: Buffer) => {
        if (data.includes('RUNNING')) resolve();
      });
      // The benchmark's end cuts the connection.
      body.on('error', () => resolve());
    });
  };
  // What the first of all loads is no part of what each costs.
  await inParallel({ times: warmUps, concurrency: 10, work: subscribe });
  const before = await server.residentBytes();
  await inParallel({ times: subscribers, concurrency: 50, work: subscribe });
  const after = await server.residentBytes();
  void agent.destroy().catch(() => undefined);
  return after - before;
}
