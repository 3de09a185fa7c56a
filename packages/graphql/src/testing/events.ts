import { onTestFinished } from 'vitest';

/** The events of a subscription, read as they come. */
export interface Subscription {
  /** The next event's data; `undefined` when the stream has ended. */
  readonly next: () => Promise<Record<string, unknown> | undefined>;
  /** All that is left. */
  readonly rest: () => Promise<readonly Record<string, unknown>[]>;
  readonly stop: () => void;
  readonly status: number;
}

interface Result {
  readonly data?: Readonly<Record<string, Record<string, unknown>>> | null;
  readonly errors?: readonly Record<string, unknown>[];
}

/** Subscribes over server-sent events, as a browser does. An event is the subscription's field, or its error. */
export async function subscribe(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Subscription> {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: stopping.signal,
  });
  const events = read(response);
  const next = async () => {
    const { value, done } = await events.next();
    return done === true ? undefined : value;
  };
  const rest = async () => {
    const all: Record<string, unknown>[] = [];
    for (let event = await next(); event !== undefined; event = await next()) all.push(event);
    return all;
  };
  return { next, rest, stop: () => stopping.abort(), status: response.status };
}

async function* read(response: Response): AsyncGenerator<Record<string, unknown>, undefined> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const frame = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^data: ?(.*)$/m.exec(frame)?.[1] ?? '';
      if (!frame.includes('event: next') || data === '') continue;
      const result = JSON.parse(data) as Result;
      yield result.errors?.[0] ?? Object.values(result.data ?? {})[0] ?? {};
    }
  }
  return undefined;
}
