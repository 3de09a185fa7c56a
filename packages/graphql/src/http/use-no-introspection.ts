import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Keeps the schema to those who have it, also from those who guess: "Did you mean" would tell them its names. */
export function useNoIntrospection(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onResultProcess(processing) {
      const { result } = processing;
      if (Array.isArray(result) || !('errors' in result) || result.errors === undefined) return;
      processing.setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
    },
  };
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replaceAll(/ Did you mean [^"?]*"[^?]*"\?/g, '');
  return message === error.message ? error : new GraphQLError(message, error);
}
