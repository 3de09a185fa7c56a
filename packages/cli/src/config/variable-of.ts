import { gatewayVariables } from './gateway-config.ts';

/** Options that are not set by a variable of their own name in capitals. */
const otherwise: ReadonlyMap<string, string> = new Map([
  ['concurrencyPerOwner', 'TINTYPE_CONCURRENCY_PER_KEY'],
  ['allowAnonymous', '--allow-anonymous'],
]);

/** The variable or flag that sets an option of the gateway; the option's own name where nothing does. */
export function variableOf(option: string): string {
  const capitals = option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_');
  const variable = `TINTYPE_${capitals.toUpperCase()}`;
  return otherwise.get(option) ?? (variable in gatewayVariables ? variable : option);
}
