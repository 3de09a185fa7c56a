import * as v from 'valibot';
import type { ModelDefaults } from './model-card.ts';
import type { Size } from '../image/size.ts';
import { ModelError } from './model-error.ts';
import { readJsonFile } from './read-json-file.ts';

const pixels = v.pipe(v.number(), v.integer(), v.minValue(8), v.multipleOf(8));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const schema = v.object({
  nativeSizes: v.optional(v.pipe(v.array(v.tuple([pixels, pixels])), v.minLength(1))),
  defaults: v.optional(
    v.object({
      width: v.exactOptional(pixels),
      height: v.exactOptional(pixels),
      guidanceScale: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
      inferenceSteps: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    }),
  ),
  guidanceInterval: v.optional(
    v.pipe(
      v.tuple([share, share]),
      v.check(([low, high]) => low < high, 'The lower end must be below the upper'),
    ),
  ),
  vocabulary: v.optional(v.array(v.string())),
});

/** What a model's maker tells this endpoint beyond diffusers' files. */
export interface EndpointFile {
  readonly nativeSizes?: readonly Size[];
  readonly defaults: Partial<ModelDefaults>;
  /** Between which noise levels guidance holds, as shares of the noise schedule: 0 is the finished image, 1 pure noise. */
  readonly guidanceInterval?: readonly [low: number, high: number];
  readonly vocabulary?: readonly string[];
}

/** Reads a model's `endpoint.json`; a model without one draws at any size and has no list of words. */
export async function readEndpointFile(path: string): Promise<EndpointFile> {
  const json = await readJsonFile(path);
  if (json === undefined) return { defaults: {} };
  const result = v.safeParse(schema, json);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
    throw new ModelError(`${path} cannot be used: ${problems.join('; ')}.`);
  }
  const { nativeSizes, defaults = {}, guidanceInterval, vocabulary } = result.output;
  return {
    ...(nativeSizes === undefined ? {} : { nativeSizes: nativeSizes.map(([width, height]) => ({ width, height })) }),
    defaults,
    ...(guidanceInterval === undefined ? {} : { guidanceInterval }),
    ...(vocabulary === undefined ? {} : { vocabulary }),
  };
}
