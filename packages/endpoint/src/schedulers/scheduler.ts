/** What one denoising step is given. All arrays have the shape of the latents, flattened. */
export interface SchedulerStep {
  /** The UNet's answer for the present timestep, guidance worked in. */
  readonly modelOutput: Float32Array;
  /** The latents before the step. */
  readonly sample: Float32Array;
  /** Draws fresh standard normal noise of the given length; only stochastic schedulers ask. */
  readonly drawNoise: (length: number) => Float32Array;
}

/** The way from noise to an image, for one image: made anew for each. */
export interface Scheduler {
  /** The timesteps at which the UNet is asked, in order; PNDM asks more often than the number of steps. */
  readonly timesteps: readonly number[];
  /** What unit noise is multiplied with to begin. */
  readonly initNoiseSigma: number;
  /** Latents as the UNet wants them at the present timestep. */
  scaleModelInput(sample: Float32Array): Float32Array;
  /** Goes one timestep further: returns the next latents, leaves the given ones alone. */
  step(step: SchedulerStep): Float32Array;
}

export interface SchedulerOptions {
  /** A diffusers `scheduler_config.json`; members of other schedulers are ignored, as diffusers' `from_config` does. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Denoising steps, 1 or more. */
  readonly steps: number;
}

export type CreateScheduler = (options: SchedulerOptions) => Scheduler;
