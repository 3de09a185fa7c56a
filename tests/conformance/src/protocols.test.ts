import type { ProtocolName } from '@tintype/core';
import { createEndpoint } from '@tintype/endpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsUnderTest } from './clients.ts';

/** A real pipeline behind a real server, which speaks two of the protocols. */
const endpoint = createEndpoint({ port: 0 });
let url: string;

beforeAll(async () => {
  ({ url } = await endpoint.listen());
  await endpoint.ready();
});
afterAll(async () => endpoint.close());

const request = { prompt: 'a red circle', width: 64, height: 64, guidanceScale: 1, inferenceSteps: 1 };

describe.each(clientsUnderTest)('$name, to the local endpoint', ({ create }) => {
  it.each<ProtocolName>(['inference-api', 'hugging-face'])('makes an image by the protocol %s', async (protocol) => {
    const client = create({ endpoint: url, protocol });
    const image = await client.generate({ ...request, extra: { seed: 7 } });
    expect(image).toMatchObject({ mediaType: 'image/png', width: 64, height: 64, warnings: [] });
    // The same seed and settings: whatever the protocol, the endpoint was told all of them.
    const reference = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'image/png' },
      body: JSON.stringify({
        inputs: 'a red circle',
        parameters: { width: 64, height: 64, guidance_scale: 1, num_inference_steps: 1, seed: 7 },
      }),
    });
    expect(Buffer.compare(image.bytes, Buffer.from(await reference.arrayBuffer()))).toBe(0);
    expect(await client.waitUntilReady()).toMatchObject({ status: 200 });
    await client.close?.();
  });

  it.each<ProtocolName>(['inference-api', 'hugging-face'])(
    'is told what is wrong by the protocol %s',
    async (protocol) => {
      const client = create({ endpoint: url, protocol });
      const wrong = client.generate({ ...request, width: 1_000_000 });
      await expect(wrong).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('width') });
      await client.close?.();
    },
  );
});
