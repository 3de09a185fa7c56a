import type { INodeProperties } from 'n8n-workflow';
import { expect, inject, it } from 'vitest';
import { exampleNames, readExample } from './testing/example-workflows.ts';
import { loadNode } from './testing/run-node.ts';

const { description } = loadNode(inject('packed'));

it.each(await exampleNames())('%s sets only what the node has', async (name) => {
  const { nodes } = await readExample(name);
  const ours = nodes.filter((node) => node.type === 'n8n-nodes-tintype.tintype');
  expect(ours).not.toEqual([]);
  for (const { parameters } of ours) {
    const shown = description.properties.filter((property) => isShown(property, parameters));
    const { options = {}, ...rest } = parameters;
    expect(namesOf(shown)).toEqual(expect.arrayContaining(Object.keys(rest)));
    const collection = shown.find((property) => property.name === 'options');
    expect(namesOf((collection?.options ?? []) as INodeProperties[])).toEqual(
      expect.arrayContaining(Object.keys(options as object)),
    );
  }
});

it.each(await exampleNames())('%s holds nobody’s credential', async (name) => {
  for (const node of (await readExample(name)).nodes) expect(node).not.toHaveProperty('credentials');
});

function namesOf(properties: readonly INodeProperties[]): readonly string[] {
  return properties.map((property) => property.name);
}

function isShown({ displayOptions }: INodeProperties, parameters: Readonly<Record<string, unknown>>): boolean {
  const { resource, operation } = displayOptions?.show ?? {};
  const matches = (allowed: readonly unknown[] | undefined, value: unknown) => allowed?.includes(value) ?? true;
  return matches(resource, parameters['resource']) && matches(operation, parameters['operation']);
}
