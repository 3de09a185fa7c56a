import type { OptionName } from './facts.ts';
import { ImageError } from './image-error.ts';

/** The defaults with the options over them, the later over the earlier; one that is `undefined` was not given. */
export function mergeOptions<Options extends object>(
  defaults: Options,
  options: readonly ({ readonly [Name in keyof Options]?: Options[Name] | undefined } | undefined)[],
): Options {
  const given = options.flatMap((one) => Object.entries(one ?? {})).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<Options>) };
}

/** The error for an option that the client cannot take: told before anything is sent. */
export function wrongOption(option: OptionName, allowed: string, got: string): ImageError {
  const message = `${option} must be ${allowed}; got ${got}.`;
  return new ImageError({
    code: 'invalid_request',
    facts: { option, issues: [{ path: option.split('.'), message, got, allowed }] },
  });
}
