import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import { createPrettyLog } from './pretty-log.ts';

async function written(
  isTTY: boolean,
  entry: (log: Awaited<ReturnType<typeof createPrettyLog>>) => void,
): Promise<string> {
  const lines: string[] = [];
  const err = { isTTY, write: (text: string) => lines.push(text) };
  entry(await createPrettyLog({ out: err, err, isLive: false }));
  return lines.join('');
}

it('writes a line for people: the time, the level, what happened and its facts', async () => {
  const line = await written(false, (log) =>
    log.info({ route: '/graphql', status: 200, owner: 'ann', note: 'two words' }, 'request'),
  );
  expect(line).toMatch(/^\d\d:\d\d:\d\d INFO  request route=\/graphql status=200 owner=ann note="two words"\n$/);
});

it('shows where an error comes from, and lets nothing through that a terminal obeys', async () => {
  const stack = 'Error: the disk is full\u001B[2J\n    at put (disk.js:1:1)';
  const line = await written(false, (log) =>
    log.error({ err: { message: '…', stack }, name: 'a\u001B[2Jb' }, 'It failed.'),
  );
  expect(line).toContain(
    'ERROR It failed. name="a\\u001b[2Jb"\n  Error: the disk is full\n      at put (disk.js:1:1)\n',
  );
  expect(line).not.toContain('\u001B');
});

it('is colored on a terminal alone', async () => {
  vi.stubEnv('NO_COLOR', '');
  const warn = (log: Awaited<ReturnType<typeof createPrettyLog>>): void => log.warn('Careful.');
  const [colored, plain] = [await written(true, warn), await written(false, warn)];
  expect(colored).not.toBe(plain);
  expect(stripVTControlCharacters(colored).slice(8)).toBe(plain.slice(8));
});
