import { describe, expect, it } from 'vitest';
import { type Dialect, dialectOf, type InferenceRules, readInferenceRequest } from './inference-request.ts';

const flat = { inputs: 'a red fox', height: 64, width: 72, guidance_scale: 5 };
const resolved = { prompt: 'a red fox', height: 64, width: 72, guidanceScale: 5, inferenceSteps: 25, extra: {} };

describe('the dialect', () => {
  type Headers = Parameters<typeof dialectOf>[1];
  const none: Headers = { accept: undefined, userAgent: undefined };
  const cases: readonly (readonly [string, Record<string, unknown>, Partial<Headers>, Dialect])[] = [
    ['fields side by side', flat, {}, 'flat'],
    ['a prompt alone', { inputs: 'x' }, {}, 'flat'],
    ['parameters', { inputs: 'x', parameters: {} }, {}, 'parameters'],
    ['parameters that are null', { inputs: 'x', parameters: null }, {}, 'parameters'],
    ['parameters beside fields', { ...flat, parameters: {} }, {}, 'parameters'],
    ['a prompt alone, from huggingface_hub', { inputs: 'x' }, { accept: 'image/png' }, 'parameters'],
    [
      'a prompt alone, from @huggingface/inference',
      { inputs: 'x' },
      { userAgent: '@huggingface/inference/4.13.30 node' },
      'parameters',
    ],
    ['fields side by side, as bytes', flat, { accept: 'image/png' }, 'flat'],
  ];
  it.each(cases)('of %s', (_case, body, headers, dialect) => {
    expect(dialectOf(body, { ...none, ...headers })).toBe(dialect);
  });
});

describe('a request is read', () => {
  const cases: readonly (readonly [string, Dialect, Record<string, unknown>, Record<string, unknown>])[] = [
    ['with its fields side by side', 'flat', flat, {}],
    [
      'with all six',
      'flat',
      { ...flat, negative_prompt: 'blue', inference_steps: 4 },
      { negativePrompt: 'blue', inferenceSteps: 4 },
    ],
    [
      'with the name that diffusers has for the steps',
      'flat',
      { ...flat, num_inference_steps: 4 },
      { inferenceSteps: 4 },
    ],
    [
      'with null for what is left out',
      'flat',
      { ...flat, negative_prompt: null, inference_steps: null, seed: null },
      {},
    ],
    ['with members of the handler', 'flat', { ...flat, seed: 7, lora: null }, { extra: { seed: 7, lora: null } }],
    [
      'with a member that has the name of a field in TypeScript',
      'flat',
      { ...flat, prompt: 'x' },
      { extra: { prompt: 'x' } },
    ],
    [
      'with parameters',
      'parameters',
      { inputs: 'a red fox', parameters: { height: 64, width: 72, guidance_scale: 5 } },
      {},
    ],
    [
      'with all parameters',
      'parameters',
      {
        inputs: 'a red fox',
        parameters: {
          height: 64,
          width: 72,
          guidance_scale: 5,
          negative_prompt: 'blue',
          num_inference_steps: 4,
          seed: 7,
          scheduler: 'ddim',
        },
      },
      { negativePrompt: 'blue', inferenceSteps: 4, extra: { seed: 7, scheduler: 'ddim' } },
    ],
    [
      'with parameters left out',
      'parameters',
      { inputs: 'a red fox' },
      { height: 512, width: 512, guidanceScale: 7.5 },
    ],
    [
      'with parameters that are null',
      'parameters',
      { inputs: 'a red fox', parameters: null },
      { height: 512, width: 512, guidanceScale: 7.5 },
    ],
    [
      'with some beside parameters and some in it',
      'parameters',
      { ...flat, parameters: { inference_steps: 4 } },
      { inferenceSteps: 4 },
    ],
    ['with a seed of -1, which is none', 'flat', { ...flat, seed: -1 }, {}],
    ['with a seed of -1 in parameters', 'parameters', { ...flat, parameters: { seed: '-1' } }, {}],
    [
      'with the largest seed',
      'flat',
      { ...flat, seed: '18446744073709551615' },
      { extra: { seed: '18446744073709551615' } },
    ],
  ];
  it.each(cases)('%s', (_case, dialect, body, expected) => {
    const reading = readInferenceRequest(body, dialect);
    expect(reading).toEqual({
      ok: true,
      request: { ...resolved, ...expected, given: expect.arrayContaining(['prompt']) as unknown },
    });
  });

  it('with the operator’s defaults where a field may be left out', () => {
    const defaults = { width: 256, height: 128, guidanceScale: 1, inferenceSteps: 2 };
    expect(readInferenceRequest({ inputs: 'a red fox' }, 'parameters', { defaults })).toMatchObject({
      ok: true,
      request: defaults,
    });
    expect(readInferenceRequest(flat, 'flat', { defaults })).toMatchObject({
      ok: true,
      request: { width: 72, inferenceSteps: 2 },
    });
  });
});

describe('what is wrong is named as the caller wrote it', () => {
  const rules: InferenceRules = {
    limits: { maxPixels: 512 * 512 },
    checkExtra: ({ key, name, path }) =>
      key === 'lora' ? { path, message: `${name} is unknown.`, got: key, allowed: 'seed' } : undefined,
  };
  const cases: readonly (readonly [
    string,
    Dialect,
    Record<string, unknown>,
    readonly (readonly [string, RegExp])[],
  ])[] = [
    [
      'nothing but a prompt',
      'flat',
      { inputs: 'x' },
      [
        ['width', /^width must be .* got nothing/],
        ['height', /^height/],
        ['guidance_scale', /^guidance_scale/],
      ],
    ],
    ['nothing at all', 'parameters', {}, [['inputs', /^inputs must be .* got nothing/]]],
    ['a field', 'flat', { ...flat, width: 500 }, [['width', /^width must be .* got 500\. .* 496 or 504/]]],
    [
      'steps by the other name',
      'flat',
      { ...flat, num_inference_steps: 0 },
      [['num_inference_steps', /^num_inference_steps must/]],
    ],
    [
      'parameters, and all at once',
      'parameters',
      { inputs: ' ', parameters: { width: 500, num_inference_steps: 0, seed: 1.5, lora: 'x' } },
      [
        ['inputs', /^inputs must be/],
        ['parameters.width', /^parameters\.width must be .* got 500/],
        ['parameters.num_inference_steps', /^parameters\.num_inference_steps must be/],
        ['parameters.seed', /^parameters\.seed must be a whole number from 0 to 18446744073709551615; got 1\.5\./],
        ['parameters.lora', /^parameters\.lora is unknown/],
      ],
    ],
    [
      'too many pixels',
      'parameters',
      { inputs: 'x', parameters: { width: 1024 } },
      [['parameters.width', /^parameters\.width × parameters\.height must be at most/]],
    ],
    [
      'given twice',
      'parameters',
      { ...flat, inference_steps: 4, seed: 1, parameters: { width: 72, num_inference_steps: 4, seed: 1 } },
      [
        ['parameters.width', /^width and parameters\.width are both given/],
        ['parameters.num_inference_steps', /^inference_steps and parameters\.num_inference_steps are both given/],
        ['parameters.seed', /^seed and parameters\.seed are both given/],
      ],
    ],
    [
      'given twice side by side',
      'flat',
      { ...flat, inference_steps: 4, num_inference_steps: 4 },
      [['num_inference_steps', /^inference_steps and num_inference_steps are both given/]],
    ],
    [
      'parameters that are a list',
      'parameters',
      { inputs: 'x', parameters: [1] },
      [['parameters', /^parameters must be an object .* got \[1\]/]],
    ],
    [
      'parameters that are a text, and more',
      'parameters',
      { inputs: '', parameters: 'x' },
      [
        ['inputs', /^inputs/],
        ['parameters', /got "x"/],
      ],
    ],
  ];
  it.each(cases)('%s', (_case, dialect, body, expected) => {
    const reading = readInferenceRequest(body, dialect, rules);
    const issues = reading.ok ? [] : reading.issues;
    expect(issues.map(({ path }) => path.join('.'))).toEqual(expected.map(([path]) => path));
    for (const [index, [, message]] of expected.entries()) expect(issues[index]?.message).toMatch(message);
  });

  it('and no more of it than anyone reads', () => {
    const members = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]));
    const reading = readInferenceRequest({ ...members, inputs: '', parameters: members }, 'parameters');
    expect(reading.ok ? [] : reading.issues.map(({ path }) => path.join('.'))).toMatchObject({
      length: 20,
      0: 'inputs',
    });
  });

  it.each([-2, 1.5, 2 ** 64, '18446744073709551616', '', 'x', '0x7', '-2', true, [1], {}])('a seed of %j', (seed) => {
    const reading = readInferenceRequest({ ...flat, seed }, 'flat');
    expect(reading).toMatchObject({ ok: false, issues: [{ path: ['seed'], message: expect.stringContaining('got') }] });
  });
});
