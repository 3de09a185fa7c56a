import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../schema/gateway-context.ts';

/** Tells the request's span what is asked for: the kind of operation and its name, never its text. */
export function useOperationTracing(): Plugin<Pick<GatewayContext, 'services'>> {
  return {
    onParse:
      () =>
      ({ result, context }) => {
        if (result === null || result instanceof Error) return;
        const operation = getOperationAST(result, context.params.operationName);
        if (operation !== null && operation !== undefined) {
          context.services.engine.tracing.operation({ type: operation.operation, name: operation.name?.value });
        }
      },
  };
}
