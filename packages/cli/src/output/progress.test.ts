import type { ClientEvent } from '@tintype/core';
import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

type Facts = ClientEvent extends infer Event ? (Event extends ClientEvent ? Omit<Event, 'call' | 'at'> : never) : never;

/** What stands on stderr, with a live line or without. */
function watched(isLive: boolean) {
  const written: string[] = [];
  const err = { write: (text: string) => written.push(text) };
  const progress = new Progress({ out: err, err, isLive }, () => 0);
  return { written, progress, tell: (event: Facts) => progress.listen({ ...event, call: 1, at: 0 }) };
}

const starting: Facts = { type: 'waiting', since: 0, status: 503, response: 'Loading', nextInMs: 500 };
const again: Facts = { type: 'repeating', attempt: 2, inMs: 500, why: 'status 503', mayHaveRun: false };

it('keeps the cold start on the line for as long as it lasts', () => {
  const { written, progress, tell } = watched(true);
  tell({ type: 'sending', attempt: 1 });
  tell(starting);
  tell(again);
  expect(written.at(-1)).toContain('the endpoint is starting (503); waiting for it');
  progress.end();
  expect(written.at(-1)).toBe('\r\u001B[2K');
});

it('says that a request failed and may be billed, and writes each line once where none is live', () => {
  const { written, progress, tell } = watched(false);
  tell({ type: 'sending', attempt: 1 });
  tell({ ...again, why: 'ECONNRESET', inMs: 1049, mayHaveRun: true });
  tell({ type: 'sending', attempt: 2 });
  tell({ type: 'sending', attempt: 2 });
  progress.note('done');
  progress.end();
  expect(written).toEqual([
    'drawing\n',
    'failed (ECONNRESET); trying again in 1 s; the first may be billed as well\n',
    'drawing, attempt 2\n',
    'done\n',
  ]);
});

it('says which of several it is about', () => {
  const { written, progress, tell } = watched(false);
  progress.about('2 of 4');
  tell({ type: 'sending', attempt: 1 });
  progress.end();
  expect(written).toEqual(['2 of 4: drawing\n']);
});
