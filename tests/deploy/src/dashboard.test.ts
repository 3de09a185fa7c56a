import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serve } from './tintype-process.ts';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../../deploy/grafana/tintype.json', import.meta.url), 'utf8'),
) as Dashboard;

/** What Prometheus adds of its own. */
const labelsOfPrometheus = ['instance', 'le'];

/** Each metric that a gateway exposes once it has made an image, with its labels. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const url = await serve();
  const query =
    'mutation { generateImage(input: { prompt: "a red circle", width: 64, height: 64, inferenceSteps: 1 }) { __typename } }';
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(await answer.json()).toEqual({ data: { generateImage: { __typename: 'Image' } } });
  const metrics = new Map<string, Set<string>>();
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = metrics.get(name) ?? new Set(labelsOfPrometheus);
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    metrics.set(name, known);
  }
  return metrics;
}

test('every metric and label of the dashboard is one that the gateway exposes', async () => {
  const metrics = await exposed();
  const expressions = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
  expect(expressions.length).toBeGreaterThan(10);
  for (const { title, expr } of expressions) {
    const names = expr.match(/\btintype_\w+/g) ?? [];
    expect(names, title).not.toEqual([]);
    for (const name of names) {
      expect([...metrics.keys()], title).toContain(name);
      const used = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
      const selected = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label);
      for (const label of [...used, ...selected])
        expect([...(metrics.get(name) ?? [])], `${title}: ${name}`).toContain(label);
    }
  }
});

test('the dashboard shows every metric of the gateway', async () => {
  const text = JSON.stringify(dashboard);
  const bases = [...(await exposed()).keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  expect([...new Set(bases)].filter((name) => !text.includes(name))).toEqual([]);
});
