import { requestFieldNames, requestFields, validateRequest, type FieldDeclaration } from '@tintype/core/contract';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { describe, expect, inject, it } from 'vitest';
import { loadNode } from './testing/run-node.ts';

const { description } = loadNode(inject('packed'));
const properties = description.properties;
const everything = properties.flatMap(withInner);

describe('the fields of the contract in the panel', () => {
  it.each(requestFieldNames)('%s has its name, label, default and bound', (name) => {
    const field: FieldDeclaration = requestFields[name];
    const property = properties.find((one) => one.name === name);
    expect(property).toMatchObject({
      displayName: field.label,
      type: field.type === 'string' ? 'string' : 'number',
      default: field.default ?? '',
    });
    expect(property?.typeOptions?.minValue).toBe(field.minimum);
    expect(property?.required ?? false).toBe(field.required);
  });
});

it('every size on the list is one that the contract takes', () => {
  const sizes = properties.find((property) => property.name === 'size')?.options as INodePropertyOptions[];
  const presets = sizes.filter((option) => option.value !== 'custom');
  expect(presets.length).toBeGreaterThan(3);
  for (const { name, value } of presets) {
    const [width, height] = String(value).split('x').map(Number);
    expect(name).toContain(`${width} × ${height}`);
    expect(validateRequest({ prompt: 'a', width, height })).toMatchObject({ ok: true });
  }
});

describe("n8n's guidelines, where its lint cannot see", () => {
  it('labels are in title case', () => {
    const small = new Set(['a', 'in', 'of', 'per', 'for', 'to']);
    for (const { displayName } of everything) {
      for (const word of displayName.split(' '))
        expect(small.has(word) || /^[A-Z(]/.test(word), displayName).toBe(true);
    }
  });

  it('placeholders show an example', () => {
    const texts = everything.filter((property) => property.type === 'string' || property.type === 'json');
    for (const { placeholder } of texts) {
      if (placeholder !== undefined) expect(placeholder).toMatch(/^e\.g\. /);
    }
  });

  it('booleans begin with Whether', () => {
    const booleans = everything.filter((property) => property.type === 'boolean');
    expect(booleans).not.toEqual([]);
    for (const one of booleans) expect(one.description).toMatch(/^Whether /);
  });

  it('one sentence has no full stop', () => {
    for (const { description: text = '' } of everything) {
      if (!text.slice(0, -1).includes('. ')) expect(text).not.toMatch(/\.$/);
    }
  });

  it('options are sorted', () => {
    for (const collection of properties.filter((property) => property.type === 'collection')) {
      const labels = (collection.options as INodeProperties[]).map((option) => option.displayName);
      expect(labels).toEqual(labels.toSorted());
    }
  });

  it('every operation names itself for the nodes panel and for agents', () => {
    const operations = properties
      .filter((property) => property.name === 'operation')
      .flatMap((property) => property.options as INodePropertyOptions[]);
    expect(operations.map(({ name, action }) => [name, action])).toEqual([
      ['Generate', 'Generate image'],
      ['Check Status', 'Check endpoint status'],
      ['Wake Up', 'Wake up endpoint'],
    ]);
    expect(description.usableAsTool).toBe(true);
  });
});

/** A property with those that it holds. */
function withInner(property: INodeProperties): readonly INodeProperties[] {
  const inner = (property.options ?? []).flatMap((option) => {
    if ('values' in option) return (option satisfies INodePropertyCollection).values.flatMap(withInner);
    return 'type' in option ? withInner(option) : [];
  });
  return [property, ...inner];
}
