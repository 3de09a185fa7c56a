import * as v from 'valibot';
import { SchedulerError } from './scheduler-error.ts';
import { linspace } from './training-schedule.ts';

/** Which training timesteps are visited (table 2 of Lin et al. 2023, arXiv:2305.08891). */
export const timestepSpacing = v.picklist(['linspace', 'leading', 'trailing']);
export type TimestepSpacing = v.InferOutput<typeof timestepSpacing>;

export interface SpacingOptions {
  readonly spacing: TimestepSpacing;
  /** Timesteps the model was trained with. */
  readonly trained: number;
  /** Timesteps to visit. */
  readonly steps: number;
  /** Added to each timestep of `leading`. */
  readonly offset: number;
}

/**
 * The timesteps to visit, falling. Those of `linspace` are fractional.
 *
 * @throws SchedulerError where there are fewer trained timesteps than steps
 */
export function spacedTimesteps({ spacing, trained, steps, offset }: SpacingOptions): readonly number[] {
  // Some solvers divide the way into one part more than they take steps.
  if (steps > trained + 1) {
    throw new SchedulerError(
      `The model was trained with ${trained} timesteps, got ${steps} inference steps. Ask for at most ${trained}; 20 to 50 are usual.`,
    );
  }
  switch (spacing) {
    case 'linspace':
      return linspace(0, trained - 1, steps).toReversed();
    case 'leading': {
      const ratio = Math.floor(trained / steps);
      return Array.from({ length: steps }, (_, index) => Math.min(index * ratio + offset, trained - 1)).toReversed();
    }
    case 'trailing':
      return Array.from({ length: steps }, (_, index) => roundHalfEven(trained - (index * trained) / steps) - 1);
    default:
      return spacing satisfies never;
  }
}

/** numpy's rounding: a half goes to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
