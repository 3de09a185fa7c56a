/** The defaults with the options over them, the later over the earlier; one that is `undefined` was not given. */
export function mergeOptions<Options extends object>(
  defaults: Options,
  options: readonly ({ readonly [Name in keyof Options]?: Options[Name] | undefined } | undefined)[],
): Options {
  const given = options.flatMap((one) => Object.entries(one ?? {})).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<Options>) };
}
