import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { limitAliases, maxTokens } from '../schema/operation-limits.ts';

/** Refuses documents that are too long and operations with too many aliases; the schema itself knows what its fields cost. */
export function useOperationLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: Parameters<typeof parse>[0], options: Parameters<typeof parse>[1]) =>
        parse(source, { ...options, maxTokens }),
      );
    },
    onValidate({ addValidationRule }) {
      addValidationRule(limitAliases);
    },
  };
}
