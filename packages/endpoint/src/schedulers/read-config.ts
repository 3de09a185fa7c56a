import * as v from 'valibot';
import { SchedulerError } from './scheduler-error.ts';

/** Reads the members that one scheduler knows from a `scheduler_config.json`; the others are none of its business. */
export function readConfig<Schema extends v.GenericSchema>(
  schema: Schema,
  config: Readonly<Record<string, unknown>>,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, config);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => {
    const setting = v.getDotPath(issue) ?? 'the whole file';
    return `${setting} must be ${issue.expected ?? 'something else'}, got ${issue.received}`;
  });
  throw new SchedulerError(`The scheduler configuration cannot be used: ${problems.join('; ')}.`);
}

/** A number with a default; `null` means the default, as in files written by Python. */
export const number = (fallback: number) => v.nullish(v.number(), fallback);

export const flag = (fallback: boolean) => v.nullish(v.boolean(), fallback);

/** A flag that switches to mathematics which is not implemented here: it must be off. */
export const off = () => v.nullish(v.literal(false), false);
