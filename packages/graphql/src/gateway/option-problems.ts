import { ConfigurationError } from './configuration-error.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { resolveOptions } from './resolve-options.ts';

/**
 * What is wrong with these options, each in a sentence that begins with the option's name; empty where nothing is. Opens and
 * starts nothing, and never holds a key or token.
 *
 * @example
 * const problems = optionProblems({ endpoint: { url: 'localhost' }, wait: -1 });
 */
export function optionProblems(options: GatewayOptions): readonly string[] {
  try {
    resolveOptions(options);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
