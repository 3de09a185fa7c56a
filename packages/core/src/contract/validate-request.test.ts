import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestFieldNames, requestFields } from './request-fields.ts';
import { summarizeIssues } from './request-issue.ts';
import type { RequestRules } from './request-rules.ts';
import { validateRequest, validateWireRequest } from './validate-request.ts';
import { toWireRequest } from './wire-request.ts';

function issuesOf(input: unknown, rules?: RequestRules): readonly string[] {
  const checked = validateRequest(input, rules);
  return checked.ok ? [] : checked.issues.map((issue) => issue.message);
}

function requestOf(input: unknown, rules?: RequestRules) {
  const checked = validateRequest(input, rules);
  if (!checked.ok) throw new Error(summarizeIssues(checked.issues));
  return checked.request;
}

describe('a request', () => {
  it('is filled in with the defaults of the contract', () => {
    const request = { prompt: 'a red fox', width: 512, height: 512, guidanceScale: 7.5, inferenceSteps: 25, extra: {} };
    expect(requestOf({ prompt: 'a red fox' })).toEqual({ ...request, given: ['prompt'] });
  });

  it('takes null and undefined for the default, as empty fields of forms and of GraphQL come', () => {
    const empty = {
      negativePrompt: null,
      width: null,
      height: undefined,
      guidanceScale: null,
      inferenceSteps: null,
      extra: null,
    };
    expect(requestOf({ prompt: 'a red fox', ...empty })).toEqual(requestOf({ prompt: 'a red fox' }));
  });

  it('takes a blank negative prompt for none', () => {
    expect(requestOf({ prompt: 'a red fox', negativePrompt: ' ' })).not.toHaveProperty('negativePrompt');
  });

  it('takes the operator’s defaults before the contract’s', () => {
    const turbo = { defaults: { guidanceScale: 0, inferenceSteps: 4, width: 1024 } };
    expect(requestOf({ prompt: 'a red fox' }, turbo)).toMatchObject({
      guidanceScale: 0,
      inferenceSteps: 4,
      width: 1024,
      height: 512,
    });
  });

  it('has all its problems told at once, in the order of the fields', () => {
    expect(
      issuesOf({ extra: [], inferenceSteps: 0, guidanceScale: '7', height: 500, width: 8.5, prompt: '  ' }),
    ).toEqual([
      'prompt must be a text that is not blank; got "  ".',
      'width must be a whole number of pixels, a multiple of 8, 8 or more; got 8.5. The nearest valid value is 8 or 16.',
      'height must be a whole number of pixels, a multiple of 8, 8 or more; got 500. The nearest valid value is 496 or 504.',
      'guidanceScale must be a number, 0 or more; got "7".',
      'inferenceSteps must be a whole number, 1 or more; got 0. The nearest valid value is 1.',
      'extra must be an object of JSON values, whose members are none of the six fields; got [].',
    ]);
  });

  it.each([
    [{}, 'prompt must be a text that is not blank; got nothing.'],
    [{ prompt: null }, 'prompt must be a text that is not blank; got nothing.'],
    [{ prompt: ['a', 'b'] }, 'prompt must be a text that is not blank; got ["a","b"].'],
    [null, 'The request must be an object with a prompt; got null.'],
    ['a red fox', 'The request must be an object with a prompt; got "a red fox".'],
    [[], 'The request must be an object with a prompt; got [].'],
    [{ prompt: 'x', guidanceScale: Number.NaN }, 'guidanceScale must be a number, 0 or more; got NaN.'],
    [{ prompt: 'x', guidanceScale: Infinity }, 'guidanceScale must be a number, 0 or more; got Infinity.'],
    [{ prompt: 'x', extra: { width: 8 } }, 'extra may not hold width: give the field itself.'],
  ])('like %j is refused with its reason', (input, message) => {
    expect(issuesOf(input)).toEqual([expect.stringContaining(message)]);
  });

  it('with an extra that is no JSON is refused', () => {
    expect(issuesOf({ prompt: 'x', extra: { big: 1n } })).toEqual([
      expect.stringContaining('extra must be an object of JSON values'),
    ]);
  });

  it('with a member that is misspelt is refused: the image would be another', () => {
    expect(issuesOf({ prompt: 'x', steps: 4, guidance: 2 })).toEqual([
      'steps is not a field of the request. Did you mean inferenceSteps?',
      'guidance is not a field of the request. Did you mean guidanceScale?',
    ]);
    expect(issuesOf({ prompt: 'x', negative_prompt: 'y' })[0]).toContain('Did you mean negativePrompt?');
    expect(issuesOf({ prompt: 'x', seed: 4 })[0]).toContain('goes into extra: { seed: … }');
  });

  it('is held within the operator’s limits', () => {
    const limits = { maxPixels: 1024 * 1024, maxInferenceSteps: 50, maxPromptLength: 20 };
    expect(issuesOf({ prompt: 'x', width: 2048, height: 1024 }, { limits })).toEqual([
      'width × height must be at most 1048576 pixels in all; got 2097152. Ask for a smaller image.',
    ]);
    expect(issuesOf({ prompt: 'x'.repeat(30), inferenceSteps: 51 }, { limits })).toEqual([
      expect.stringContaining('at most 20 characters'),
      expect.stringContaining('from 1 to 50; got 51. The nearest valid value is 50.'),
    ]);
  });

  it('never shows more of a long value than a line', () => {
    for (const message of issuesOf({ prompt: 'x', guidanceScale: 'y'.repeat(5000) }))
      expect(message.length).toBeLessThan(200);
  });

  it('of any numbers gets issues exactly where the rules are broken, and neighbours that are valid', () => {
    const numbers = fc.oneof(fc.integer({ min: -50, max: 3000 }), fc.double());
    fc.assert(
      fc.property(numbers, numbers, (width, inferenceSteps) => {
        const checked = validateRequest({ prompt: 'x', width, inferenceSteps });
        const isGood = Number.isSafeInteger(width) && width >= 8 && width % 8 === 0;
        const areGood = Number.isSafeInteger(inferenceSteps) && inferenceSteps >= 1;
        expect(checked.ok).toBe(isGood && areGood);
        const [issue] = checked.ok ? [] : checked.issues;
        for (const near of issue?.nearest ?? []) {
          const field = String(issue?.path[0]);
          if (Number.isSafeInteger(near)) expect(validateRequest({ prompt: 'x', [field]: near }).ok).toBe(true);
        }
      }),
    );
  });
});

describe('the body of the Inference API', () => {
  const body = { inputs: 'a red fox', height: 512, width: 768, guidance_scale: 7.5 };

  it('needs size and guidance, and takes 25 steps where it says none', () => {
    expect(validateWireRequest(body)).toMatchObject({ ok: true, request: { width: 768, inferenceSteps: 25 } });
    const checked = validateWireRequest({ inputs: 'a red fox', negative_prompt: null });
    expect(checked.ok ? [] : checked.issues.map((issue) => issue.path[0])).toEqual([
      'width',
      'height',
      'guidance_scale',
    ]);
  });

  it('keeps members of a handler’s own as extra', () => {
    expect(validateWireRequest({ ...body, seed: 7 })).toMatchObject({ ok: true, request: { extra: { seed: 7 } } });
  });

  it('comes back from a request as it was', () => {
    const checked = validateWireRequest({ ...body, negative_prompt: 'blue', inference_steps: 4, seed: 7 });
    expect(checked.ok && toWireRequest(checked.request)).toEqual({
      ...body,
      negative_prompt: 'blue',
      inference_steps: 4,
      seed: 7,
    });
  });
});

it('the declaration holds what the contract fixes', () => {
  const table = requestFieldNames.map((name) => [name, requestFields[name].wire, requestFields[name].requiredOnWire]);
  expect(table).toEqual([
    ['prompt', 'inputs', true],
    ['negativePrompt', 'negative_prompt', false],
    ['width', 'width', true],
    ['height', 'height', true],
    ['guidanceScale', 'guidance_scale', true],
    ['inferenceSteps', 'inference_steps', false],
  ]);
});
