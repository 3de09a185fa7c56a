import { expect, it } from 'vitest';
import { responseText } from './call-error.ts';

it.each([
  ['{"error": "no", "message": "other"}', 'no'],
  ['{"detail": [{"loc": ["body"]}]}', '[{"loc":["body"]}]'],
  ['{"error": null, "message": "no"}', 'no'],
  ['<html><head><title class="a">Bad Gateway</title></head><h1>502</h1>', 'Bad Gateway'],
  ['<!DOCTYPE html><h1>502</h1>', '502'],
  ['<html><title></title></html>', 'a page of HTML'],
  ['{"error": cut', '{"error": cut'],
  ['', ''],
])('of %s is %s', (body, text) => {
  expect(responseText(body, [])).toBe(text);
});

it.each(['<title', '<h1 ', '<title>', '<html '])(
  'reads a long page of %j in little more time than a short one',
  (part) => {
    expect(responseText(`<html>${part.repeat(150_000)}`, [])).toBe('a page of HTML');
  },
);
