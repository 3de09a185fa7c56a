import { requestChecker, type RequestValidation } from './request-checker.ts';
import { type RequestRules, wireRules } from './request-rules.ts';

/**
 * Checks a request and fills in the defaults. All problems are reported, not only the first.
 *
 * @example
 * const checked = validateRequest({ prompt: 'a red fox', width: 500 });
 * if (!checked.ok) console.log(summarizeIssues(checked.issues));
 * // width must be a whole number of pixels, a multiple of 8, 8 or more; got 500. The nearest valid value is 496 or 504.
 */
export function validateRequest(input: unknown, rules: RequestRules = {}): RequestValidation {
  return requestChecker(rules)(input);
}

/**
 * Checks the JSON body of the Inference API: the wire's names; `inputs`, `height`, `width` and `guidance_scale` required;
 * members beyond the six go to `extra`.
 */
export function validateWireRequest(body: unknown, rules: RequestRules = {}): RequestValidation {
  return validateRequest(body, wireRules(rules));
}
