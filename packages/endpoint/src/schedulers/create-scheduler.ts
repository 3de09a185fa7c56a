import { createDdimScheduler } from './ddim.ts';
import { createDpmSolverMultistepScheduler } from './dpm-solver-multistep.ts';
import { createEulerAncestralScheduler } from './euler-ancestral.ts';
import { createEulerScheduler } from './euler.ts';
import { createLcmScheduler } from './lcm.ts';
import { createPndmScheduler } from './pndm.ts';
import type { CreateScheduler, Scheduler, SchedulerOptions } from './scheduler.ts';

interface SchedulerDeclaration {
  /** The name that people and other tools use. */
  readonly label: string;
  /** diffusers' name, as in `scheduler_config.json`. */
  readonly className: string;
  readonly create: CreateScheduler;
  /** Settings that this name stands for. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Every scheduler by the short name that a request may give. */
export const schedulers = {
  ddim: { label: 'DDIM', className: 'DDIMScheduler', create: createDdimScheduler },
  pndm: { label: 'PNDM', className: 'PNDMScheduler', create: createPndmScheduler },
  euler: { label: 'Euler', className: 'EulerDiscreteScheduler', create: createEulerScheduler },
  euler_a: {
    label: 'Euler a',
    className: 'EulerAncestralDiscreteScheduler',
    create: createEulerAncestralScheduler,
  },
  'dpm++_2m': {
    label: 'DPM++ 2M',
    className: 'DPMSolverMultistepScheduler',
    create: createDpmSolverMultistepScheduler,
  },
  'dpm++_2m_karras': {
    label: 'DPM++ 2M Karras',
    className: 'DPMSolverMultistepScheduler',
    create: createDpmSolverMultistepScheduler,
    settings: { use_karras_sigmas: true },
  },
  lcm: { label: 'LCM', className: 'LCMScheduler', create: createLcmScheduler },
} as const satisfies Record<string, SchedulerDeclaration>;

export type SchedulerName = keyof typeof schedulers;

export const schedulerNames = Object.keys(schedulers) as readonly SchedulerName[];

/**
 * The scheduler that a text names: our short name, the usual label or diffusers' class name, in any case.
 *
 * @example
 * findScheduler('DPM++ 2M Karras'); // 'dpm++_2m_karras'
 */
export function findScheduler(text: string): SchedulerName | undefined {
  const wanted = plain(text);
  return schedulerNames.find((name) =>
    [name, schedulers[name].label, schedulers[name].className].some((known) => plain(known) === wanted),
  );
}

/**
 * Makes a scheduler for one image.
 *
 * @throws SchedulerError where the configuration or the number of steps does not fit it
 */
export function createScheduler({
  name,
  config,
  steps,
}: SchedulerOptions & { readonly name: SchedulerName }): Scheduler {
  const declaration: SchedulerDeclaration = schedulers[name];
  return declaration.create({ config: { ...config, ...declaration.settings }, steps });
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]/g, '');
}
