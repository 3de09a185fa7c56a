import * as v from 'valibot';
import type { Size } from './model-card.ts';
import { ModelError } from './model-error.ts';
import { readJsonFile } from './read-json-file.ts';

const pixels = v.pipe(v.number(), v.integer(), v.minValue(8), v.multipleOf(8));
const schema = v.object({
  nativeSizes: v.optional(v.pipe(v.array(v.tuple([pixels, pixels])), v.minLength(1))),
  defaults: v.optional(v.object({ width: v.optional(pixels), height: v.optional(pixels) })),
  vocabulary: v.optional(v.array(v.string())),
});

/** What a model's maker tells this endpoint beyond diffusers' files. */
export interface EndpointFile {
  readonly nativeSizes?: readonly Size[];
  readonly defaultSize?: Size;
  readonly vocabulary?: readonly string[];
}

/** Reads a model's `endpoint.json`; a model without one draws at any size and has no list of words. */
export async function readEndpointFile(path: string): Promise<EndpointFile> {
  const json = await readJsonFile(path);
  if (json === undefined) return {};
  const result = v.safeParse(schema, json);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
    throw new ModelError(`${path} cannot be used: ${problems.join('; ')}.`);
  }
  const { nativeSizes, defaults, vocabulary } = result.output;
  return {
    ...(nativeSizes === undefined ? {} : { nativeSizes: nativeSizes.map(([width, height]) => ({ width, height })) }),
    ...(defaults?.width === undefined || defaults.height === undefined
      ? {}
      : { defaultSize: { width: defaults.width, height: defaults.height } }),
    ...(vocabulary === undefined ? {} : { vocabulary }),
  };
}
