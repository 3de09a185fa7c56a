import { expect, it } from 'vitest';
import { preferredResponse, type PreferredResponse } from './preferred-response.ts';

const json: PreferredResponse = { as: 'json' };
const bytes: PreferredResponse = { as: 'bytes' };
const png: PreferredResponse = { as: 'bytes', format: 'png' };
const jpeg: PreferredResponse = { as: 'bytes', format: 'jpeg' };

/** An Accept header; the response to the flat dialect, and to that with parameters. */
const cases: readonly (readonly [string | undefined, PreferredResponse, PreferredResponse])[] = [
  [undefined, json, bytes],
  ['*/*', json, bytes],
  ['', json, bytes],
  ['text/html', json, bytes],
  ['application/json', json, json],
  ['application/json, text/plain, */*', json, json],
  ['application/*', json, json],
  ['image/png', png, png],
  ['IMAGE/PNG', png, png],
  ['image/jpg', jpeg, jpeg],
  ['image/webp', { as: 'bytes', format: 'webp' }, { as: 'bytes', format: 'webp' }],
  ['image/*', bytes, bytes],
  ['image/avif, image/png;q=0.5', png, png],
  ['image/png;q=0.5, image/jpeg;q=0.9', jpeg, jpeg],
  ['image/png;q=0', json, bytes],
  ['image/png;q=high', png, png],
  ['application/json;q=0.1, image/png', png, png],
  ['constructor', json, bytes],
];

it.each(cases)('for Accept: %s', (accept, flat, parameters) => {
  expect(preferredResponse({ accept, prefersBytes: false })).toEqual(flat);
  expect(preferredResponse({ accept, prefersBytes: true })).toEqual(parameters);
});
