import { describe, expect, it } from 'vitest';
import type { ResolvedRequest } from '../contract/image-request.ts';
import { imageWarnings } from './image-warnings.ts';

const token = 'a-secret-token';
const request: ResolvedRequest = {
  prompt: 'a red fox',
  negativePrompt: 'snow',
  width: 64,
  height: 64,
  guidanceScale: 1,
  inferenceSteps: 25,
  extra: {},
  given: ['prompt'],
};
const noEffect = 'The negative prompt has no effect: a guidance scale of 1 turns guidance off. Use more than 1.';
const merge = (members: Readonly<Record<string, unknown>>) =>
  imageWarnings({ request, size: { width: 64, height: 64 }, attempts: [], members, secrets: [token] });

describe("the endpoint's warnings", () => {
  it('stand behind the client’s own, and no longer among the other members', () => {
    expect(merge({ seed: 7, warnings: ['The model does not know "foxx".'] })).toEqual({
      warnings: [noEffect, 'The model does not know "foxx".'],
      meta: { seed: 7 },
    });
  });

  it('may be one text', () => {
    expect(merge({ warnings: 'Low on memory.' }).warnings).toEqual([noEffect, 'Low on memory.']);
  });

  it('that repeat one another or the client, or are empty, are left out', () => {
    expect(merge({ warnings: [noEffect, 'Low on memory.', 'Low on memory.', ' \n'] }).warnings).toEqual([
      noEffect,
      'Low on memory.',
    ]);
  });

  it('come on one line, without what a terminal would obey, and without the token', () => {
    const [, shown] = merge({ warnings: [`red\u001B[31m\nalert\u0007 for ${token}`] }).warnings;
    expect(shown).toBe('red [31m alert for [token]');
  });

  it('are bounded in number and length', () => {
    const { warnings } = merge({ warnings: Array.from({ length: 5000 }, (_, index) => `${index} ${'x'.repeat(1e4)}`) });
    expect(warnings).toHaveLength(22);
    expect(Math.max(...warnings.map(({ length }) => length))).toBe(1000);
    expect(warnings.at(-1)).toBe('More warnings from the endpoint, not shown: 4980.');
  });

  it.each([[{ code: 3 }], [7], [null], [['text', { code: 3 }]]])(
    'that are no sentences stay where they are: %j',
    (said) => {
      expect(merge({ warnings: said })).toEqual({ warnings: [noEffect], meta: { warnings: said } });
    },
  );
});
