import { readFileSync } from 'node:fs';
import { extraField, requestFieldNames, requestFields } from '@tintype/core';
import { assertInputObjectType, GraphQLNonNull } from 'graphql';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../jobs/error-codes.ts';
import { printGatewaySchema } from './print-gateway-schema.ts';
import { schema } from './schema.ts';

describe('the schema', () => {
  test('is the committed one; after a change, run `pnpm schema` and look at the difference', () => {
    const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
    expect(printGatewaySchema()).toBe(committed);
  });

  test("has the request's fields, described by core's declaration", () => {
    const fields = assertInputObjectType(schema.getType('GenerateImageInput')).getFields();
    expect(Object.keys(fields)).toEqual([...requestFieldNames, 'extra', 'idempotencyKey']);
    for (const name of requestFieldNames) {
      expect(fields[name]?.description).toContain(requestFields[name].description);
      expect(fields[name]?.type instanceof GraphQLNonNull).toBe(requestFields[name].required);
    }
    expect(fields['extra']?.description).toContain(extraField.description);
  });

  test('has every code an error can carry', () => {
    const printed = printGatewaySchema();
    for (const code of errorCodes) expect(printed).toMatch(new RegExp(`^  ${code.toUpperCase()}$`, 'm'));
  });

  test('describes every type and field', () => {
    const undescribed = Object.values(schema.getTypeMap())
      .filter((type) => !type.name.startsWith('__') && type.astNode === undefined)
      .flatMap((type) => {
        const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
        return fields.filter((field) => !field.description).map((field) => `${type.name}.${field.name}`);
      });
    expect(undescribed).toEqual([]);
  });
});
