import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from './gateway-context.ts';
import { operationLimits, shortListLength } from './operation-limits.ts';

/** The types behind the schema, for Pothos. */
export interface SchemaTypes {
  readonly Context: GatewayContext;
  readonly DefaultFieldNullability: false;
  readonly Scalars: {
    readonly ID: { readonly Input: string; readonly Output: string };
    /** Milliseconds since the epoch inside, ISO 8601 outside. */
    readonly DateTime: { readonly Input: never; readonly Output: number };
    readonly JSONObject: {
      readonly Input: Readonly<Record<string, unknown>>;
      readonly Output: Readonly<Record<string, unknown>>;
    };
  };
}

/** What every type of the schema is built with. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  complexity: {
    limit: operationLimits,
    defaultListMultiplier: shortListLength,
    complexityError: (kind, { complexity, depth, breadth, maxComplexity, maxDepth, maxBreadth }) => {
      const [got, most] = {
        Complexity: [complexity, maxComplexity],
        Depth: [depth, maxDepth],
        Breadth: [breadth, maxBreadth],
      }[kind];
      return new GraphQLError(
        `The operation's ${kind.toLowerCase()} is ${got}; at most ${most} is allowed. Ask for less at a time.`,
        { extensions: { code: `${kind.toUpperCase()}_LIMIT`, http: { status: 400 } } },
      );
    },
  },
});

builder.queryType({});
builder.mutationType({});
builder.subscriptionType({});
