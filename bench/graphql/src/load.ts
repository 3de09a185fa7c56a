import { Agent, request } from 'undici';

/** Middle and far values of a list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Does work so many times, so many at once; answers how long each took, and all, in milliseconds. */
export async function inParallel(options: {
  readonly times: number;
  readonly concurrency: number;
  readonly work: () => Promise<unknown>;
}): Promise<{ readonly each: readonly number[]; readonly totalMs: number }> {
  const { times, concurrency, work } = options;
  const each: number[] = [];
  let left = times;
  const turn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      await work();
      each.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, turn));
  return { each, totalMs: performance.now() - began };
}

const agent = new Agent({ connections: 16, pipelining: 1 });

/** Asks GraphQL, and answers the parsed data. */
export async function askGraphql<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const { body, statusCode } = await request(`${url}/graphql`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench-key-of-the-benchmark' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await body.json()) as { readonly data?: Data; readonly errors?: unknown };
  if (statusCode !== 200 || answer.data === undefined || answer.errors !== undefined) {
    throw new Error(`${url} answered ${statusCode}: ${JSON.stringify(answer).slice(0, 300)}`);
  }
  return answer.data;
}

/** Gets bytes. */
export async function getBytes(url: string): Promise<Buffer> {
  const { body } = await request(url, { dispatcher: agent });
  return Buffer.from(await body.arrayBuffer());
}
