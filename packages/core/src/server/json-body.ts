import { isRecord } from '../contract/json-value.ts';

/** Bytes of the largest body that a server reads: a prompt of 10,000 words takes some 60 kB. */
export const maxBodyBytes = 256 * 1024;

/** A body that is not read, with the status and the reason. */
export interface BodyRefusal {
  readonly status: 400 | 413 | 415;
  readonly message: string;
  readonly hint: string;
}

/** The JSON object in a body, or why there is none. */
export type ParsedBody =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly refusal: BodyRefusal };

/** What to respond to a body of more than `maxBodyBytes`. */
export const bodyTooLarge: BodyRefusal = {
  status: 413,
  message: `The body is larger than ${maxBodyBytes / 1024} KiB.`,
  hint: 'Send a shorter prompt.',
};

const example =
  'Send JSON such as {"inputs": "a red fox", "height": 512, "width": 512, "guidance_scale": 7.5, "inference_steps": 25}.';

/**
 * Reads the JSON object of a request's body. A `seed` beyond 2^53 comes as its digits.
 *
 * @param contentType - the `Content-Type` header; anything but JSON is refused, since a page of any origin may send it
 *   without asking first
 */
export function parseJsonBody(contentType: string | undefined, bytes: Uint8Array): ParsedBody {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    const got = contentType === undefined ? 'none' : JSON.stringify(contentType.slice(0, 100));
    return refused(
      415,
      `The Content-Type must be application/json; got ${got}.`,
      'Send the header Content-Type: application/json.',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused(400, 'The body is not valid UTF-8.', 'Send JSON in UTF-8.');
  }
  if (text.trim() === '') return refused(400, 'The body is empty.', example);
  let value: unknown;
  try {
    value = JSON.parse(text, keepLargeSeed);
  } catch (error) {
    if (error instanceof RangeError) return refused(400, 'The body is nested too deeply.', example);
    const reason = error instanceof Error ? withoutQuote(error.message) : String(error);
    return refused(400, `The body is not valid JSON (${reason}).`, example);
  }
  if (!isRecord(value)) return refused(400, 'The body must be a JSON object.', example);
  return { ok: true, body: value };
}

function refused(status: BodyRefusal['status'], message: string, hint: string): ParsedBody {
  return { ok: false, refusal: { status, message, hint } };
}

/** A reviver; its third argument is of ES2026 (proposal-json-parse-with-source). */
function keepLargeSeed(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = key === 'seed' && typeof value === 'number' && !Number.isSafeInteger(value);
  return isRounded && /^\d+$/.test(context?.source ?? '') ? context?.source : value;
}

/** V8 quotes the text around the mistake, and a prompt has no place in a message. */
function withoutQuote(message: string): string {
  return message.replace(/,? *(\.\.\.)?"[\s\S]*"(\.\.\.)? is not valid JSON$/, '').slice(0, 100);
}
