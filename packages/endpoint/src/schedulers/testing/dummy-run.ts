import { TorchGenerator } from '../../pipeline/torch-generator.ts';
import type { CreateScheduler } from '../scheduler.ts';

/** Values in the (4, 3, 8, 8) sample of diffusers' `tests/schedulers/test_schedulers.py`. */
const sampleSize = 768;
const batch = 4;

/**
 * The full loop of diffusers' scheduler tests: their deterministic sample, their model `sample · t / (t + 1)`, noise of
 * `torch.manual_seed(0)`. Answers the sum and the mean of the result's absolute values, which those tests publish.
 */
export function dummyRun(
  create: CreateScheduler,
  { config, steps = 10 }: { readonly config: Readonly<Record<string, unknown>>; readonly steps?: number },
): { readonly sum: number; readonly mean: number } {
  const scheduler = create({ config, steps });
  const generator = new TorchGenerator(0n);
  let sample: Float32Array = deterministicSample().map((value) => value * scheduler.initNoiseSigma);
  for (const timestep of scheduler.timesteps) {
    sample = scheduler.scaleModelInput(sample);
    const modelOutput = sample.map((value) => (value * timestep) / (timestep + 1));
    sample = scheduler.step({ modelOutput, sample, drawNoise: (length) => generator.normal(length) });
  }
  const sum = sample.reduce((total, value) => total + Math.abs(value), 0);
  return { sum, mean: sum / sampleSize };
}

/** `arange(768) / 768` of shape (3, 8, 8, 4), its last axis moved to the front. */
function deterministicSample(): Float32Array {
  const perImage = sampleSize / batch;
  return Float32Array.from({ length: sampleSize }, (_, index) => {
    const image = Math.floor(index / perImage);
    return ((index % perImage) * batch + image) / sampleSize;
  });
}
