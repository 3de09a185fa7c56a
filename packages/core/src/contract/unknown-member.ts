import type { RequestIssue } from './request-issue.ts';
import type { FieldRule } from './request-rules.ts';

/** The issue with a member that is none of the fields: a typing error costs an image. */
export function unknownMember(name: string, fields: readonly FieldRule[]): RequestIssue {
  const meant = meantField(name, fields);
  const advice =
    meant === undefined
      ? `A field of your handler's own goes into extra: { ${name}: … }.`
      : `Did you mean ${meant.name}?`;
  return {
    path: [name],
    message: `${name} is not a field of the request. ${advice}`,
    got: name,
    allowed: [...fields.map((rule) => rule.name), 'extra'].join(', '),
  };
}

/** The field that a name was most likely meant for: written otherwise, shortened (`steps`), or lengthened. */
function meantField(name: string, fields: readonly FieldRule[]): FieldRule | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const written = plain(name);
  if (written.length < 4) return undefined;
  const tests: readonly ((known: string) => boolean)[] = [
    (known) => known === written,
    (known) => known.includes(written),
    (known) => written.includes(known),
  ];
  for (const test of tests) {
    const found = fields.find((rule) => test(plain(rule.name)) || test(plain(rule.wire)));
    if (found !== undefined) return found;
  }
  return undefined;
}
