import { describe, expect, it, onTestFinished } from 'vitest';
import { modelFolder } from '../testing/model-folders.ts';
import { DiffusionPipeline } from './diffusion-pipeline.ts';

const ten = { steps: 10, scheduler: 'ddim' } as const;

describe('a model that is guided in an interval of the noise schedule', () => {
  it('draws as ever where the interval is all of it', async () => {
    expect(await draw([0, 1], 6)).toEqual(await draw(undefined, 6));
  });

  it('draws as without guidance where no step falls into it', async () => {
    expect(await draw([0, 0.0001], 6)).toEqual(await draw(undefined, 1));
  });

  it('listens to the guidance scale inside of it only', async () => {
    const inside = await draw([0.5, 1], 6);
    expect(inside).not.toEqual(await draw(undefined, 1));
    expect(inside).not.toEqual(await draw(undefined, 6));
  });
});

async function draw(guidanceInterval: readonly number[] | undefined, guidanceScale: number): Promise<Uint8Array> {
  const folder = await modelFolder(['tiny-sd'], { 'endpoint.json': { guidanceInterval } });
  const pipeline = await DiffusionPipeline.load(folder, { threads: 1 });
  onTestFinished(async () => pipeline.release());
  const job = { ...ten, prompt: 'a red circle', negativePrompt: 'blue', width: 64, height: 64, seed: 3n };
  const image = await pipeline.draw({ ...job, guidanceScale }, { isCanceled: () => false, onStep: () => undefined });
  return image.pixels;
}
