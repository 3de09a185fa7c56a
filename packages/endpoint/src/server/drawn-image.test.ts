import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtImage } from '../testing/look-at-image.ts';
import { draw, quickRequest } from '../testing/post.ts';
import { listenOnly, type RunningEndpoint } from '../testing/start-endpoint.ts';

let running: RunningEndpoint;
beforeAll(async () => {
  running = await listenOnly();
  await running.endpoint.ready();
});
afterAll(async () => running.endpoint.close());

describe('the image', () => {
  const contract = { height: 128, width: 128, guidance_scale: 7.5, seed: 3 };

  it('shows what the prompt says: a red circle on a yellow background', async () => {
    const { bytes } = await draw(running.url, { ...contract, inputs: 'a red circle on a yellow background' });
    const look = await lookAtImage(bytes);
    expect(look.ground).toBe('yellow');
    expect(look.share('red')).toBeGreaterThan(0.03);
  });

  it('shows what the prompt says: a blue square on a white background', async () => {
    const { bytes } = await draw(running.url, { ...contract, inputs: 'a blue square on a white background' });
    const look = await lookAtImage(bytes);
    expect(look.ground).toBe('white');
    expect(look.share('blue')).toBeGreaterThan(0.03);
    expect(look.share('red')).toBeLessThan(0.01);
  });

  it('shows what the prompt says: a fox in the snow at night', async () => {
    const fewer = { ...contract, inference_steps: 12 };
    const fox = await lookAtImage((await draw(running.url, { ...fewer, inputs: 'a fox in the snow at night' })).bytes);
    const snow = await lookAtImage((await draw(running.url, { ...fewer, inputs: 'the snow at night' })).bytes);
    const isOfFox = (share: typeof fox.share): number => share('red') + share('orange') + share('brown');
    expect([isOfFox(fox.share) > 0.05, isOfFox(snow.share) < 0.01]).toEqual([true, true]);
    expect([fox.ground, snow.ground]).toEqual(['black', 'black']);
  });

  it.each([0, 1])('avoids what the negative prompt says, seed %i', async (seed) => {
    const request = { ...contract, inputs: 'a star', inference_steps: 15, seed };
    const { bytes } = await draw(running.url, request);
    const { ground, share } = await lookAtImage(bytes);
    const avoiding = await draw(running.url, { ...request, negative_prompt: `${ground} background` });
    const look = await lookAtImage(avoiding.bytes);
    expect(share(ground)).toBeGreaterThan(0.5);
    expect(look.share(ground)).toBeLessThan(0.25);
  });

  it.each([
    ['guidance_scale', { guidance_scale: 1 }],
    ['inference_steps', { inference_steps: 5 }],
    ['seed', { seed: 4 }],
    ['scheduler', { scheduler: 'euler_a' }],
  ])('changes with %s', async (_field, change) => {
    const request = { ...quickRequest, inference_steps: 3 };
    const [first, second] = [await draw(running.url, request), await draw(running.url, { ...request, ...change })];
    expect(second.image).not.toBe(first.image);
  });

  it('is the same, byte for byte, for the same seed', async () => {
    const [first, second] = [await draw(running.url, quickRequest), await draw(running.url, quickRequest)];
    expect(second.image).toBe(first.image);
  });

  it('comes with the seed that gives it again', async () => {
    const { seed: _seed, ...unseeded } = quickRequest;
    const first = await draw(running.url, unseeded);
    const again = await draw(running.url, { ...unseeded, seed: first.seed });
    expect(again.image).toBe(first.image);
    expect((await draw(running.url, unseeded)).image).not.toBe(first.image);
  });

  it('keeps a seed beyond 2^53 exactly, given as a number or as digits', async () => {
    const large = '18446744073709551615';
    const asNumber = await draw(
      running.url,
      `{"seed": ${large}, ${JSON.stringify({ ...quickRequest, seed: undefined }).slice(1)}`,
    );
    const asDigits = await draw(running.url, { ...quickRequest, seed: large });
    expect(asNumber.seed).toBe(large);
    expect(asDigits.image).toBe(asNumber.image);
  });

  it.each([
    [512, 512, 192, 192],
    [8, 8, 128, 128],
    [640, 360, 256, 160],
    [72, 1000, 160, 256],
    [2048, 64, 256, 160],
  ])('has exactly the size asked for: %i × %i, drawn at %i × %i', async (width, height, drawnWidth, drawnHeight) => {
    const { bytes, native_size } = await draw(running.url, { ...quickRequest, inference_steps: 1, width, height });
    expect(await lookAtImage(bytes)).toMatchObject({ width, height });
    expect(native_size).toEqual({ width: drawnWidth, height: drawnHeight });
  });

  it('comes with a warning that names the words the model does not know, and what was probably meant', async () => {
    const request = { ...quickRequest, inputs: 'a Foxx riding a horse', negative_prompt: 'kubernetes' };
    const { warnings } = await draw(running.url, request);
    expect(warnings).toEqual([
      'tintype-tiny does not know these words and ignores them: "foxx" (did you mean "fox"?), "riding", "kubernetes".',
    ]);
    expect((await draw(running.url, quickRequest)).warnings).toEqual([]);
  });

  it('comes with a warning where the prompt is cut, where a field is unknown, where guidance is off', async () => {
    const inputs = 'a red circle '.repeat(10_000);
    const long = await draw(running.url, {
      ...quickRequest,
      inputs,
      clip_skip: 2,
      guidance_scale: 0,
      negative_prompt: 'red',
    });
    expect(long.warnings.join('\n')).toMatch(/longer than the \d+ tokens/);
    expect(long.warnings.join('\n')).toMatch(/Ignored, as no field of this endpoint: "clip_skip"\./);
    expect(long.warnings.join('\n')).toMatch(/negative prompt has no effect/);
  });

  it('is drawn for prompts in any script', async () => {
    await draw(running.url, { ...quickRequest, inputs: '🔴 赤い円 на жёлтом фоне\u0000\ud83d' });
  });
});
