import { describe, expect, it } from 'vitest';
import { createScheduler, findScheduler, schedulerNames } from './create-scheduler.ts';

describe('findScheduler', () => {
  it('knows the short name, the usual label and the class name', () => {
    expect(findScheduler('euler_a')).toBe('euler_a');
    expect(findScheduler('DPM++ 2M Karras')).toBe('dpm++_2m_karras');
    expect(findScheduler('PNDMScheduler')).toBe('pndm');
  });

  it('knows no other', () => {
    expect(findScheduler('UniPCMultistepScheduler')).toBeUndefined();
  });
});

describe('createScheduler', () => {
  it.each(schedulerNames)(
    'makes %s from a configuration of Stable Diffusion 1.5, with nulls as Python writes them',
    (name) => {
      const config = {
        beta_schedule: 'scaled_linear',
        beta_start: 0.00085,
        beta_end: 0.012,
        steps_offset: 1,
        skip_prk_steps: true,
        trained_betas: null,
        clip_sample: false,
      };
      const scheduler = createScheduler({ name, config, steps: 8 });
      expect(scheduler.timesteps.length).toBeGreaterThanOrEqual(8);
      expect(scheduler.timesteps).toEqual(scheduler.timesteps.toSorted((a, b) => b - a));
    },
  );
});
