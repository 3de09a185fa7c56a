import { inspect } from 'node:util';
import {
  createImageClient,
  ImageError,
  protocolNames,
  type ClientEvent,
  type GeneratedImage,
  type ProtocolName,
} from '@tintype/core';
import { describe, expect, it } from 'vitest';
import { badDays, type BadDay } from './bad-days.ts';
import { staleConnection } from './behaviours.ts';
import { clientsUnderTest, type ClientUnderTest } from './clients.ts';
import { misbehavingEndpoint } from './misbehaving-endpoint.ts';

const token = 'hf_conformance0token0secret';
const request = { prompt: 'a red circle', width: 64, height: 64 };

async function live(
  { posts, health, timeout, retry, maxImageBytes }: BadDay,
  { create }: ClientUnderTest,
  protocol: ProtocolName,
) {
  const endpoint = await misbehavingEndpoint({ posts, health });
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent): void => void events.push(event);
  const client = create({
    endpoint: endpoint.url,
    protocol,
    model: 'tiny',
    token,
    timeout,
    retry,
    maxImageBytes,
    onEvent,
  });
  try {
    const end = await client.generate(request).catch((error: unknown) => error);
    return { end, endpoint, events, client };
  } finally {
    await client.close?.();
    await endpoint.close();
  }
}

const combinations = clientsUnderTest.flatMap((client) => protocolNames.map((protocol) => ({ client, protocol })));

describe.each(combinations)('$client.name with the protocol $protocol', ({ client, protocol }) => {
  it.concurrent.each(badDays)('takes $name as it should', async (day) => {
    const { end, endpoint, events, client: used } = await live(day, client, protocol);
    const wanted = day.expect;
    const hasHealth = protocol !== 'openai';
    const posts = wanted.sparedByHealth === true && !hasHealth ? endpoint.posts.length : wanted.posts;
    if (!hasHealth) expect(endpoint.healths()).toBe(0);
    if (wanted.end === 'image') {
      const image = end as GeneratedImage;
      expect(image).toMatchObject({ mediaType: 'image/png', width: 64, height: 64 });
      expect(image.attempts).toHaveLength(posts);
    } else {
      expect(ImageError.isInstance(end), inspect(end)).toBe(true);
      const error = end as ImageError;
      expect(error).toMatchObject({
        code: wanted.end,
        facts: {
          ...(wanted.reason === undefined ? {} : { reason: wanted.reason }),
          ...(wanted.phase === undefined ? {} : { phase: wanted.phase }),
          ...(wanted.retryAfter === true ? { retryAfterMs: 3_600_000 } : {}),
        },
      });
      expect(error.attempts).toHaveLength(posts);
      expect(error.hint.length).toBeGreaterThan(10);
    }
    expect(endpoint.posts).toHaveLength(posts);
    const { attempts } = end as ImageError | GeneratedImage;
    if (wanted.mayHaveRun !== undefined) expect(attempts[0]?.mayHaveRun).toBe(wanted.mayHaveRun);
    if (wanted.end === 'image' && wanted.retryAfter === true) {
      expect(events.find((event) => event.type === 'waiting')?.nextInMs).toBeGreaterThanOrEqual(1000);
    }
    // Nothing that a program could log holds the token, not even where the endpoint says it.
    const everything = inspect([end, events, used], { depth: 12, showHidden: true }) + JSON.stringify([end, events]);
    expect(everything).not.toContain(token);
    expect(endpoint.posts[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });
});

it('repeats a request that met a connection the other side had closed, which cannot have cost an image', async () => {
  const endpoint = await misbehavingEndpoint({ posts: [staleConnection()] });
  const client = createImageClient({ endpoint: endpoint.url, token });
  await client.generate(request);
  const image = await client.generate(request);
  expect(image.attempts.map(({ status, mayHaveRun }) => ({ status, mayHaveRun }))).toEqual([
    { status: undefined, mayHaveRun: false },
    { status: 200, mayHaveRun: true },
  ]);
  await client.close();
  await endpoint.close();
});
