import { redact } from '../observe/redact.ts';

/** What a response that is no image says, fit to be shown: the `error` of JSON, the title of a page, or the text itself. */
export function answerText(body: string, secrets: readonly string[]): string {
  const { error, message, detail } = members(body);
  const said = error ?? message ?? detail ?? pageText(body) ?? body;
  return redact(typeof said === 'string' ? said : JSON.stringify(said), secrets);
}

/** The code that a Tintype gateway gives beside its words. */
export function upstreamCode(body: string): string | undefined {
  const { code } = members(body);
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : undefined;
}

function members(body: string): Readonly<Record<string, unknown>> {
  if (!body.trimStart().startsWith('{')) return {};
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function pageText(body: string): string | undefined {
  if (!/<(!doctype|html|head|body)\b/i.test(body)) return undefined;
  const heading = /<title[^<>]*>([^<]+)<|<h1[^<>]*>([^<]+)</i.exec(body);
  return heading?.[1] ?? heading?.[2] ?? 'a page of HTML';
}
