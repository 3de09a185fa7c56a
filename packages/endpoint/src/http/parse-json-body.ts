import { HttpError } from './http-error.ts';

const example = '{"inputs": "a red circle", "height": 512, "width": 512, "guidance_scale": 7.5}';

/**
 * The JSON object in a body. A whole number too large for a JavaScript number, as a seed may be, comes as its digits.
 *
 * @throws HttpError 400
 */
export function parseJsonBody(body: Buffer): Readonly<Record<string, unknown>> {
  const text = decode(body);
  if (text.trim() === '') throw new HttpError(400, `The body is empty. Send JSON such as ${example}.`);
  let value: unknown;
  try {
    value = JSON.parse(text, keepLargeIntegers);
  } catch (error) {
    const reason = error instanceof Error ? shortened(error.message) : String(error);
    throw new HttpError(400, `The body is no JSON (${reason}). Send JSON such as ${example}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, `The body must be a JSON object. Send JSON such as ${example}.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new HttpError(400, 'The body is not valid UTF-8. Send JSON in UTF-8.');
  }
}

/** A reviver; its third argument is of ES2026 (proposal-json-parse-with-source). */
const keepLargeIntegers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;

/** V8 quotes the text around the mistake; a prompt has no place in a message. */
function shortened(message: string): string {
  return message.replace(/,? *(\.\.\.)?"[\s\S]*"(\.\.\.)? is not valid JSON$/, '').slice(0, 100);
}
