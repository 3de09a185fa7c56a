import { gatewayVariables } from './gateway-config.ts';

/** Options whose variables are not their names in capitals. */
const otherwise: Readonly<Record<string, string>> = { concurrencyPerOwner: 'TINTYPE_CONCURRENCY_PER_KEY' };

/** What the gateway says about its options, in the names of the variables that set them. */
export function inVariables(problem: string): string {
  // The option that it begins with, and others whose names cannot be taken for ordinary words.
  return problem.replaceAll(/^[a-z][A-Za-z.]*|\b[a-z]+(?:[A-Z.][a-z]+)+\b/g, (name) => {
    const capitals = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_');
    const variable = otherwise[name] ?? `TINTYPE_${capitals.toUpperCase()}`;
    return variable in gatewayVariables ? variable : name;
  });
}
