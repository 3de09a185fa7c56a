/** The type of a union's or interface's value, which carries its name as GraphQL's own convention has it. */
export function typeNameOf(value: object): string {
  return '__typename' in value ? String(value['__typename']) : '';
}
