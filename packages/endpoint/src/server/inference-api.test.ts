import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceClient } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageParameters } from '../image/read-image-parameters.ts';
import { lookAtImage } from '../testing/look-at-image.ts';
import { randomModel } from '../testing/model-folders.ts';
import { draw, errorOf, longRequest, post, quickRequest } from '../testing/post.ts';
import { listenOnly, type RunningEndpoint } from '../testing/start-endpoint.ts';

let running: RunningEndpoint;
let model: string;
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'tintype-random-'));
  await randomModel(quickRequest.inputs.split(' '), model);
  running = await listenOnly({ model });
  await running.endpoint.ready();
});
afterAll(async () => {
  await running.endpoint.close();
  await rm(model, { recursive: true });
});

describe('the answer', () => {
  it.each(['image/png', 'image/jpeg', 'image/webp'])('is the bytes of the image for Accept: %s', async (accept) => {
    const response = await post(running.url, quickRequest, { accept });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(accept);
    expect(response.headers.get('x-seed')).toBe('1');
    expect(response.headers.get('x-native-size')).toBe('64x64');
    expect(await lookAtImage(await response.bytes())).toMatchObject({ width: 128, height: 128 });
  });

  it('has its warnings in a header, whatever their letters', async () => {
    const response = await post(
      running.url,
      { ...quickRequest, inputs: 'ein großer roter Kreis 🔴' },
      { accept: 'image/*' },
    );
    const warnings = JSON.parse(response.headers.get('x-warnings') ?? '') as readonly string[];
    expect(warnings).toEqual([expect.stringMatching(/"ein", "großer", "roter", "kreis", "🔴"/)]);
  });

  it('fits into headers, however much there is to warn of', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`字段${index}`, 1]));
    const inputs = Array.from({ length: 1000 }, (_, index) => `語${'字'.repeat(index % 99)}`).join(' ');
    const response = await post(running.url, { ...quickRequest, ...unknown, inputs }, { accept: 'image/png' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-warnings')).toMatch(/and 4990 more.*and \d+ more.*its end was cut off/);
  });

  it('holds its parameters, unless they are too long for its type', async () => {
    const inputs = 'a red circle '.repeat(10_000);
    const [png, jpeg] = await Promise.all(
      ['image/png', 'image/jpeg'].map(async (accept) =>
        (await post(running.url, { ...quickRequest, inputs }, { accept })).bytes(),
      ),
    );
    expect(readImageParameters(png ?? new Uint8Array())).toMatchObject({
      prompt: inputs.trim(),
      settings: {
        Steps: '2',
        Sampler: expect.any(String),
        'CFG scale': '7.5',
        Seed: '1',
        Size: '128x128',
        Model: expect.stringMatching(/^tintype-random-/),
      },
    });
    expect(readImageParameters(jpeg ?? new Uint8Array())).toBeUndefined();
    expect(await lookAtImage(jpeg ?? new Uint8Array())).toMatchObject({ width: 128, height: 128 });
  });

  it.each(['application/json', '*/*', 'application/json, text/plain, */*', 'text/html'])(
    'is JSON for Accept: %s',
    async (accept) => {
      const response = await post(`${running.url}/predict`, quickRequest, { accept });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({ image: expect.stringMatching(/^iVBOR/), seed: 1, warnings: [] });
    },
  );
});

describe('the request', () => {
  it.each(['application/json; charset=utf-8', 'Application/JSON'])('may call its JSON %s', async (type) => {
    expect((await post(running.url, quickRequest, { 'content-type': type })).status).toBe(200);
  });

  it('may ask for the head of /health only', async () => {
    const response = await fetch(`${running.url}/health`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('the dialect of the default pipeline', () => {
  it('takes parameters, all with defaults, and answers bytes to anyone who takes them', async () => {
    const parameters = { num_inference_steps: 1, seed: 5 };
    const response = await post(running.url, { inputs: 'a red circle', parameters }, { accept: '*/*' });
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(await lookAtImage(await response.bytes())).toMatchObject({ width: 512, height: 512 });
  });

  it('answers JSON to anyone who asks for it', async () => {
    const body = { inputs: 'a red circle', parameters: { num_inference_steps: 1, width: 64, height: 64 } };
    const response = await post(running.url, body, { accept: 'application/json' });
    expect(await response.json()).toMatchObject({ image: expect.stringMatching(/^iVBOR/) });
  });

  it('is understood from huggingface_hub, which leaves parameters out where it has none', async () => {
    const response = await post(running.url, { inputs: 'a red circle' }, { accept: 'image/png' });
    expect(await lookAtImage(await response.bytes())).toMatchObject({ width: 512, height: 512 });
    expect((await post(running.url, { inputs: 'a red circle' })).status).toBe(400);
  });

  it('reports problems by its own names', async () => {
    const response = await post(running.url, { inputs: 'x', parameters: { num_inference_steps: 0, width: 500 } });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/width must be .* 496 or 504.*num_inference_steps must be/);
  });

  it.each([{}, { parameters: { width: 64, height: 72, num_inference_steps: 1 } }])(
    'is understood from @huggingface/inference with %o',
    async (given) => {
      const client = new InferenceClient('hf_anything');
      const image = await client.textToImage(
        { endpointUrl: running.url, inputs: 'a red circle', ...given },
        { outputType: 'blob' },
      );
      const size = 'parameters' in given ? { width: 64, height: 72 } : { width: 512, height: 512 };
      expect(await lookAtImage(new Uint8Array(await image.arrayBuffer()))).toMatchObject(size);
    },
  );
});

describe('bad input', () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['a missing height', { ...quickRequest, height: undefined }, /height must be .* got nothing/],
    ['a size that is no multiple of 8', { ...quickRequest, width: 500 }, /width must be .* got 500.* 496 or 504/],
    ['a number as a text', { ...quickRequest, guidance_scale: '7' }, /guidance_scale must be a number.* got "7"/],
    ['no steps', { ...quickRequest, inference_steps: 0 }, /inference_steps must be/],
    ['ten thousand steps', { ...quickRequest, inference_steps: 10_000 }, /from 1 to 500; got 10000/],
    ['a blank prompt', { ...quickRequest, inputs: '  ' }, /inputs must be a text that is not blank/],
    ['a negative guidance scale', { ...quickRequest, guidance_scale: -1 }, /guidance_scale must be .* got -1/],
    ['a huge guidance scale', { ...quickRequest, guidance_scale: 1e9 }, /guidance_scale must be .* got 1000000000/],
    ['an infinite guidance scale', `{"inputs":"x","width":64,"height":64,"guidance_scale":1e999}`, /guidance_scale/],
    ['a size of 4096', { ...quickRequest, width: 4096 }, /width must be .* 2048/],
    ['NaN, as Python writes it', '{"inputs": "x", "height": NaN}', /The body is not valid JSON/],
    ['a negative seed', { ...quickRequest, seed: -2 }, /seed must be a whole number/],
    ['a seed beyond 2^64', { ...quickRequest, seed: '18446744073709551616' }, /seed must be a whole number/],
    ['a fractional seed', { ...quickRequest, seed: 1.5 }, /seed must be a whole number/],
    ['an unknown scheduler', { ...quickRequest, scheduler: 'unipc' }, /scheduler must be one of ddim, .* got "unipc"/],
    ['a body that is no JSON', 'a red circle', /The body is not valid JSON.*Send JSON such as/],
    ['a list', '[]', /must be a JSON object/],
    ['an empty body', '', /The body is empty/],
    ['parameters that are no object', { inputs: 'x', parameters: [1] }, /parameters must be an object/],
  ];
  it.each(wrong)('is told what is wrong: %s', async (_case, body, message) => {
    const response = await post(running.url, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json');
    const error = await errorOf(response);
    expect(error).toMatch(message);
    expect(error).not.toMatch(/ at .*:\d+:\d+/);
  });

  it('is told everything at once', async () => {
    const response = await post(running.url, { inputs: '', width: 500, seed: -2 });
    expect(await errorOf(response)).toMatch(/inputs.*width.*height.*guidance_scale.*seed/);
  });

  it('of 10 MB is refused, and the next request is served', async () => {
    const response = await post(running.url, { ...quickRequest, inputs: 'x'.repeat(10_000_000) });
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatch(/larger than 256 KiB/);
    await draw(running.url, quickRequest);
  });

  it('of invalid UTF-8 is refused', async () => {
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/UTF-8/);
  });

  it('keeps the prompt out of the message about it', async () => {
    const response = await post(running.url, '{"inputs": "my secret prompt", oh no}');
    expect(await errorOf(response)).not.toMatch(/secret/);
  });
});

describe('the routes', () => {
  it('answer Ok at / and /health', async () => {
    for (const path of ['/', '/health']) {
      const response = await fetch(running.url + path);
      expect([response.status, await response.text()]).toEqual([200, 'Ok']);
    }
  });

  it('count work at /metrics as the Inference Toolkit does', async () => {
    expect(await (await fetch(`${running.url}/metrics`)).text()).toBe('inf_batch_current_size 0\ninf_queue_size 0\n');
  });

  it('send strangers to the right one', async () => {
    const missing = await fetch(`${running.url}/v1/images`);
    expect(missing.status).toBe(404);
    expect(await errorOf(missing)).toMatch(/no \/v1\/images here.*POST \//);
    const wrongMethod = await fetch(`${running.url}/predict`);
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('POST');
    expect(await errorOf(wrongMethod)).toMatch(/Use POST/);
  });

  it('answer /health while an image is being drawn', async () => {
    const seen = running.events.length;
    const leaver = new AbortController();
    let isOver = false;
    const image = post(running.url, longRequest, {}, leaver.signal).finally(() => {
      isOver = true;
    });
    while (!running.events.slice(seen).some(({ type }) => type === 'progress')) await nextMoment();
    const response = await fetch(`${running.url}/health`);
    expect([response.status, isOver]).toEqual([200, false]);
    leaver.abort();
    await expect(image).rejects.toThrow(/abort/);
  });
});

async function nextMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}
