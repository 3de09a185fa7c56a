import { gatewayVariables } from './gateway-config.ts';

/** Options that are not set by a variable of their own name in capitals. */
const otherwise: ReadonlyMap<string, string> = new Map([
  ['concurrencyPerOwner', 'TINTYPE_CONCURRENCY_PER_KEY'],
  ['allowAnonymous', '--allow-anonymous'],
]);

/** What the gateway says about its options, in the names of the variables and flags that set them. */
export function inVariables(problem: string): string {
  // The option that it begins with, and others whose names cannot be taken for ordinary words.
  return problem.replaceAll(/^[a-z][A-Za-z.]*|\b[a-z]+(?:[A-Z.][a-z]+)+\b/g, (name) => {
    const capitals = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_');
    const variable = `TINTYPE_${capitals.toUpperCase()}`;
    return otherwise.get(name) ?? (variable in gatewayVariables ? variable : name);
  });
}
