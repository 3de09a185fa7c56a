// Runs the table of failure cases against other clients as they come, and writes docs/comparison.md.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { ImageError } from '@tintype/core';
import { badDays, type BadDay } from './bad-days.ts';
import { image } from './behaviours.ts';
import { misbehavingEndpoint } from './misbehaving-endpoint.ts';
import { peers, type Peer } from './peers.ts';

const token = 'hf_comparison0token0secret';
/** Nobody waits longer than this for a client here. */
const patienceMs = 6000;

interface Taken {
  readonly isGood: boolean;
  readonly says: string;
}

async function live(day: BadDay, peer: Peer): Promise<Taken> {
  const endpoint = await misbehavingEndpoint({ posts: day.posts, health: day.health });
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error('out of patience')), patienceMs);
  const end = await Promise.race([
    peer({ url: endpoint.url, token, signal: patience.signal }).catch((error: unknown) => ({ error })),
    new Promise<{ readonly error: unknown }>((resolve) => {
      setTimeout(() => resolve({ error: new Error('did not heed its signal') }), patienceMs + 1000);
    }),
  ]);
  clearTimeout(timer);
  const posts = endpoint.posts.length;
  await endpoint.close();
  return judge({ day, end, posts, ranOut: patience.signal.aborted });
}

interface Lived {
  readonly day: BadDay;
  readonly end: Uint8Array | { readonly error: unknown };
  readonly posts: number;
  readonly ranOut: boolean;
}

/** More than it takes, and still no flood. */
const mostRequests = 3;

/** Good is: an image where one can be had, an error of its own kind where not, no token shown, no flood of POSTs. */
function judge({ day, end, posts, ranOut }: Lived): Taken {
  const requests = `${posts} request${posts === 1 ? '' : 's'}`;
  if (end instanceof Uint8Array) {
    if (Buffer.compare(end, image) !== 0) return { isGood: false, says: `wrong bytes as an image, ${requests}` };
    return { isGood: day.expect.end === 'image', says: `image, ${requests}` };
  }
  const { error } = end;
  const leaks = inspect(error, { depth: 8, showHidden: true }).includes(token);
  // Ours are told by their code, and have to have the right one.
  const code = ImageError.isInstance(error) ? error.code : undefined;
  const name = code === undefined ? nameOf(error) : `\`${code}\``;
  const isRaw = ['TypeError', 'SyntaxError', 'DOMException', 'Error'].includes(name);
  const says = ranOut
    ? `no end within ${patienceMs / 1000} s, ${requests}`
    : `${name}, ${requests}${leaks ? ', **shows the token**' : ''}`;
  const isExpected =
    day.expect.end !== 'image' && !isRaw && !leaks && posts <= Math.max(day.expect.posts, mostRequests);
  // Waiting for what may still come is right where the day says so.
  const isWaiting = ranOut && (day.timeout !== undefined || day.expect.end === 'image') && posts <= 10;
  const isRightCode = code === undefined || code === day.expect.end;
  return { isGood: isWaiting || (isExpected && isRightCode && !ranOut), says };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}

const names = Object.keys(peers);
// Other clients ask for compression by themselves, and may well get it.
// An endless image would fill this machine's memory by those that know no bound.
const days = badDays.filter(
  (day) => day.retry === undefined && day.maxImageBytes === undefined && !day.name.startsWith('gzip'),
);
const rows: { readonly day: BadDay; readonly taken: readonly Taken[] }[] = [];
const queue = [...days];
const turn = async (): Promise<void> => {
  for (let day = queue.shift(); day !== undefined; day = queue.shift()) {
    const taken: Taken[] = [];
    for (const name of names) taken.push(await live(day, peers[name] as Peer));
    rows.push({ day, taken });
  }
};
await Promise.all(Array.from({ length: 4 }, turn));
rows.sort((one, other) => days.indexOf(one.day) - days.indexOf(other.day));

const counts = names.map((_, index) => rows.filter(({ taken }) => taken[index]?.isGood).length);
const lines = rows.map(
  ({ day, taken }) =>
    `| ${day.name} | ${day.expect.end === 'image' ? 'an image' : `\`${day.expect.end}\``} | ${taken.map(({ isGood, says }) => `${isGood ? '✓' : '✗'} ${says}`).join(' | ')} |`,
);
const report = `# The same failure cases, other clients

Every client as it comes, without options, against the same real server on loopback; ${patienceMs / 1000} seconds of patience each. \`openai\` and \`ai\` do not know this contract: their answers are dressed as OpenAI's on the way. ✓ means an image where one can be had, and otherwise an error of the client's own (not a bare \`TypeError\`), without the token in it, and with no more than ${mostRequests} requests; of our own it has to have the right code as well. Waiting for what may still come is right too. Made by \`pnpm --filter @tintype/conformance compare\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}.

| what the endpoint does | what should come of it | ${names.join(' | ')} |
|${' --- |'.repeat(names.length + 2)}
${lines.join('\n')}
| **of ${rows.length}** | | ${counts.map((count) => `**${count}**`).join(' | ')} |
`;
await writeFile(fileURLToPath(new URL('../../../docs/comparison.md', import.meta.url)), report);
console.log(names.map((name, index) => `${name} ${counts[index]}/${rows.length}`).join(', '));
process.exit(0);
