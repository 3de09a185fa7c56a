import { redact } from '../observe/redact.ts';

/** What an answer that is no picture says, fit to be shown: the `error` of JSON, the title of a page, or the text itself. */
export function answerText(body: string, token: string | undefined): string {
  return redact(errorMember(body) ?? pageText(body) ?? body, token);
}

function errorMember(body: string): string | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const { error, message, detail } = JSON.parse(body) as Record<string, unknown>;
    const said = error ?? message ?? detail;
    if (said === undefined || said === null) return undefined;
    return typeof said === 'string' ? said : JSON.stringify(said);
  } catch {
    return undefined;
  }
}

function pageText(body: string): string | undefined {
  if (!/<(!doctype|html|head|body)\b/i.test(body)) return undefined;
  const heading = /<title[^>]*>([^<]+)<|<h1[^>]*>([^<]+)</i.exec(body);
  return heading?.[1] ?? heading?.[2] ?? 'a page of HTML';
}
