import { describe, expect, it, onTestFinished } from 'vitest';
import { modelFolder } from '../testing/model-folders.ts';
import { DiffusionPipeline, type DiffusionJob, type DrawnImage } from './diffusion-pipeline.ts';

// fixtures/io-variants, made by scripts/make-io-variants.py, on top of the tokenizer and configurations of tiny-sd.
const job: DiffusionJob = {
  prompt: 'a red circle',
  negativePrompt: 'blue',
  width: 40,
  height: 24,
  guidanceScale: 4,
  steps: 6,
  seed: 11n,
  scheduler: 'euler',
};

describe('an export of the same model', () => {
  it.each(['int32-ids', 'scalar-timestep', 'single-timestep', 'one-image-at-a-time', 'weights-beside-the-model'])(
    'gives the same image: %s',
    async (variant) => {
      const [base, other] = [await draw('base'), await draw(variant)];
      expect(new Set(base.pixels).size).toBeGreaterThan(20);
      expect(other.pixels).toEqual(base.pixels);
    },
  );

  it('gives the same image for timesteps in floats, where the scheduler visits whole ones', async () => {
    const whole = { scheduler: 'ddim' } as const;
    const base = await draw('base', whole);
    expect((await draw('float-timestep', whole)).pixels).toEqual(base.pixels);
    expect((await draw('double-scalar-timestep', whole)).pixels).toEqual(base.pixels);
  });

  it('gives nearly the same image in 16-bit floats', async () => {
    const [base, half] = [await draw('base'), await draw('half-floats')];
    const differences = half.pixels.map((value, index) => Math.abs(value - (base.pixels[index] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(3);
  });

  it('draws by the DPM-Solver++ that diffusers saves, infinite settings included', async () => {
    const scheduler = 'dpm++_2m';
    const [base, saved] = [await draw('base', { scheduler }), await draw('../dpm-solver', { scheduler })];
    expect(saved.pixels).toEqual(base.pixels);
  });

  it('without the weights that belong beside it is refused', async () => {
    const layers = ['tiny-sd', 'io-variants/base', 'io-variants/weights-beside-the-model'];
    const folder = await modelFolder(layers, { 'unet/weights.pb': undefined });
    await expect(DiffusionPipeline.load(folder)).rejects.toThrow(
      /unet\/model\.onnx could not be loaded: .*weights\.pb/,
    );
  });

  it('with its guidance embedded listens to it, and says that the negative prompt is not heard', async () => {
    const scheduler = 'lcm';
    const weak = await draw('guidance-embedding', { scheduler, guidanceScale: 1.5 });
    const strong = await draw('guidance-embedding', { scheduler, guidanceScale: 8 });
    expect(strong.pixels).not.toEqual(weak.pixels);
    expect(strong.warnings).toEqual([expect.stringMatching(/negative prompt has no effect/)]);
    const without = await draw('guidance-embedding', { scheduler, guidanceScale: 8, negativePrompt: '' });
    expect(without).toEqual({ ...strong, warnings: [] });
  });
});

async function draw(variant: string, change: Partial<DiffusionJob> = {}): Promise<DrawnImage> {
  const folder = await modelFolder(['tiny-sd', 'io-variants/base', `io-variants/${variant}`]);
  const pipeline = await DiffusionPipeline.load(folder, { threads: 1 });
  onTestFinished(async () => pipeline.release());
  return pipeline.draw({ ...job, ...change }, { isCanceled: () => false, onStep: () => undefined });
}
