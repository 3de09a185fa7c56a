import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { findScheduler } from '../schedulers/create-scheduler.ts';
import { fixture, modelFolder } from '../testing/model-folders.ts';
import { DiffusionPipeline } from './diffusion-pipeline.ts';
import { loadPromptTokenizer } from './prompt-tokenizer.ts';
import { readJsonFile } from './read-json-file.ts';

/** What `scripts/make-golden-images.py` had diffusers draw, with the same weights, prompt and seed. */
interface GoldenImage {
  readonly scheduler: string;
  readonly schedulerConfig: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly pixels: string;
}
interface Golden {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: string;
  readonly images: readonly GoldenImage[];
  readonly guidanceEmbedded: readonly GoldenImage[];
  readonly tokens: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

const golden = JSON.parse(await readFile(fixture('golden-images.json'), 'utf8')) as Golden;
const title = '$scheduler in $steps steps at guidance $guidanceScale $schedulerConfig';

describe('an image of a Stable Diffusion folder', () => {
  it.each(golden.images)(`is diffusers' own: ${title}`, async (image) => {
    const base = await readJsonFile(fixture('tiny-sd/scheduler/scheduler_config.json'));
    const config = { ...base, ...image.schedulerConfig };
    const pipeline = await load(JSON.stringify(config), async () =>
      modelFolder(['tiny-sd'], { 'scheduler/scheduler_config.json': config }),
    );
    expect(await greatestDifference(pipeline, image)).toBeLessThanOrEqual(2);
  });

  it.each(golden.guidanceEmbedded)(`is diffusers' own with its guidance embedded: ${title}`, async (image) => {
    const pipeline = await load('lcm', async () => modelFolder(['tiny-sd', 'tiny-lcm']));
    expect(await greatestDifference(pipeline, image)).toBeLessThanOrEqual(2);
  });

  it('would be told from that of another scheduler, guidance or number of steps', () => {
    // Otherwise the tests above would prove nothing.
    const groups = Map.groupBy(golden.images, ({ pixels }) => pixels);
    expect(groups.size).toBe(golden.images.length);
    const [plain, guided] = golden.images.filter(({ scheduler }) => scheduler === 'ddim');
    const ancestral = golden.images.find(({ scheduler }) => scheduler === 'euler_a');
    expect(difference(bytesOf(plain), bytesOf(guided))).toBeGreaterThan(20);
    expect(difference(bytesOf(plain), bytesOf(ancestral))).toBeGreaterThan(20);
  });
});

describe('the tokens of a prompt', () => {
  it.each(golden.tokens)("are those of transformers' fast CLIP tokenizer: $text", async ({ text, ids }) => {
    const tokenizer = await loadPromptTokenizer(fixture('tiny-sd'));
    expect(tokenizer.encode(text).ids).toEqual(ids);
  });
});

const loaded = new Map<string, Promise<DiffusionPipeline>>();
afterAll(async () => {
  for (const pipeline of loaded.values()) await (await pipeline).release();
});

/** Loads each folder once. */
async function load(key: string, makeFolder: () => Promise<string>): Promise<DiffusionPipeline> {
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const pipeline = makeFolder().then(async (folder) => DiffusionPipeline.load(folder, { threads: 1 }));
  loaded.set(key, pipeline);
  return pipeline;
}

async function greatestDifference(pipeline: DiffusionPipeline, image: GoldenImage): Promise<number> {
  const scheduler = findScheduler(image.scheduler);
  if (scheduler === undefined) throw new Error(`No scheduler ${image.scheduler}.`);
  const { width, height, prompt, negativePrompt, seed } = golden;
  const drawn = await pipeline.draw(
    {
      prompt,
      negativePrompt,
      width,
      height,
      seed: BigInt(seed),
      scheduler,
      steps: image.steps,
      guidanceScale: image.guidanceScale,
    },
    { isCanceled: () => false, onStep: () => undefined },
  );
  return difference(drawn.pixels, bytesOf(image));
}

function bytesOf(image: GoldenImage | undefined): Uint8Array {
  return Buffer.from(image?.pixels ?? '', 'base64');
}

function difference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? 0))), 0);
}
