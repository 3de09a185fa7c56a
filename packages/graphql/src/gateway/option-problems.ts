import { ConfigurationError, type OptionNaming } from './configuration-error.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { resolveOptions } from './resolve-options.ts';

/**
 * What is wrong with these options, each in a sentence that begins with the option's name; empty where nothing is. Opens and
 * starts nothing, and never holds a key or token.
 *
 * @param nameOf - what the reader calls an option, such as the variable that sets it
 *
 * @example
 * const problems = optionProblems({ endpoint: { url: 'localhost' }, wait: -1 });
 */
export function optionProblems(options: GatewayOptions, nameOf: OptionNaming = (name) => name): readonly string[] {
  try {
    resolveOptions(options);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problemsNamed(nameOf);
    throw error;
  }
}
