import { describe, expect, it } from 'vitest';
import { createLcmScheduler } from './lcm.ts';
import { dummyRun } from './testing/dummy-run.ts';

// diffusers `tests/schedulers/test_scheduler_lcm.py`
const config = { num_train_timesteps: 1000, beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' };
const published = [
  { steps: 1, sum: 18.7097, mean: 0.0244 },
  { steps: 10, sum: 197.7616, mean: 0.2575 },
];

describe('LCM', () => {
  it.each(published)('gives the numbers that diffusers publishes for $steps step(s)', ({ steps, sum, mean }) => {
    const result = dummyRun(createLcmScheduler, { config, steps });
    expect(Math.abs(result.sum - sum)).toBeLessThan(1e-2);
    expect(Math.abs(result.mean - mean)).toBeLessThan(1e-3);
  });

  it('says how many steps the model was distilled for', () => {
    expect(() => createLcmScheduler({ config, steps: 51 })).toThrow(/at most 50 steps, got 51/);
  });
});
