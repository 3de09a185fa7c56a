import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'A point in time, ISO 8601 in UTC, such as `2026-11-23T04:00:00.000Z`.',
  serialize: (value) => new Date(value).toISOString(),
  parseValue: () => {
    throw new GraphQLError('DateTime is given out, not taken in.');
  },
});

builder.scalarType('JSONObject', {
  description: 'A JSON object, such as `{ "seed": 7 }`.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new GraphQLError(
      `JSONObject must be a JSON object; got ${JSON.stringify(value)?.slice(0, 60) ?? 'nothing'}.`,
    );
  },
});
