import type { ImageRequest, ResolvedRequest } from './image-request.ts';
import { requestChecker } from './request-checker.ts';
import type { RequestRules } from './request-rules.ts';

/** What tools that take any Standard Schema (version 1, https://standardschema.dev) look for. */
export interface StandardSchema<Input, Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output>;
    /** For the type checker only. */
    readonly types?: { readonly input: Input; readonly output: Output };
  };
}

/** The value that was checked, or every problem. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly (string | number)[] }[] };

/**
 * The request under these rules as a Standard Schema: for form libraries, routers and whatever else takes one.
 *
 * @example
 * const schema = requestSchema({ limits: { maxPixels: 1024 * 1024 } });
 * schema['~standard'].validate({ prompt: 'a red fox', width: 500 });
 */
export function requestSchema(rules: RequestRules = {}): StandardSchema<ImageRequest, ResolvedRequest> {
  const check = requestChecker(rules);
  return {
    '~standard': {
      version: 1,
      vendor: 'tintype',
      validate: (value) => {
        const checked = check(value);
        return checked.ok ? { value: checked.request } : { issues: checked.issues };
      },
    },
  };
}
