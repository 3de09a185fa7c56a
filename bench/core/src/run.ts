// Prints what each way to a picture costs in CPU, as ratios to a floor that throws the bytes away, interleaved in one run.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureMemory } from './measure-memory.ts';
import { variantNames, type VariantName } from './variants.ts';
import type { WorkerTask } from './worker.ts';

const sizes = [400_000, 1_500_000, 8_000_000] as const;
const concurrencies = [1, 8, 32] as const;
const rounds = 3;
const ours = new Set<VariantName>(['floor', 'stream', 'save', 'buffer']);

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function message<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as Answer));
    child.once('exit', (code) => reject(new Error(`A process of the benchmark ended with ${code}.`)));
  });
}

const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'));
const server = fork(file('server.ts'));
const port = await message<number>(server);
const workers = new Map(variantNames.map((name) => [name, fork(file('worker.ts'), [name, folder])]));

async function measure(name: VariantName, size: number, concurrency: number): Promise<number> {
  const worker = workers.get(name);
  if (worker === undefined) throw new Error(`There is no ${name}.`);
  // Enough for V8 to have compiled what it will, which a program that makes pictures all day has.
  const calls = size > 5_000_000 ? Math.max(concurrency, 16) : 96;
  worker.send({
    url: `http://127.0.0.1:${port}/${size}`,
    concurrency,
    calls,
    expectedBytes: size,
  } satisfies WorkerTask);
  worker.removeAllListeners('exit');
  const { cpuMs } = await message<{ cpuMs: number }>(worker);
  return cpuMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

const samples = new Map<string, number[]>();
const cells = sizes.flatMap((size) => concurrencies.map((concurrency) => ({ size, concurrency })));
for (let round = 0; round < rounds; round += 1) {
  for (const { size, concurrency } of cells) {
    // In rotated order, so that nobody always comes after the same one.
    const order = variantNames.map((_, index) => variantNames[(index + round) % variantNames.length] ?? 'floor');
    for (const name of order) {
      const cpuMs = await measure(name, size, concurrency);
      const key = `${name} ${size} ${concurrency}`;
      samples.set(key, [...(samples.get(key) ?? []), cpuMs]);
    }
  }
}
for (const worker of workers.values()) worker.kill();

const cost = (name: VariantName, size: number, concurrency: number): number =>
  median(samples.get(`${name} ${size} ${concurrency}`) ?? []);
const ratio = (name: VariantName): number =>
  geometricMean(cells.map(({ size, concurrency }) => cost(name, size, concurrency) / cost('floor', size, concurrency)));

const head = [
  'CPU ms per call',
  ...cells.map(({ size, concurrency }) => `${size / 1e6} MB c${concurrency}`),
  'ratio to floor',
];
const rows = variantNames.map((name) => [
  ours.has(name) && name !== 'floor' ? `**@tintype/core ${name}**` : name,
  ...cells.map(({ size, concurrency }) => cost(name, size, concurrency).toFixed(2)),
  `${ratio(name).toFixed(2)}×`,
]);

const memory = await measureMemory(`http://127.0.0.1:${port}/8000000`, folder);
server.kill();
await rm(folder, { recursive: true, force: true });

const bars: readonly (readonly [string, number, '<=' | '>=', number])[] = [
  ['stream, ratio to floor', ratio('stream'), '<=', 1.5],
  ['save to file, ratio to floor', ratio('save'), '<=', 2],
  ['buffer, ratio to floor', ratio('buffer'), '<=', 2.5],
  ...(['@huggingface/inference', 'openai', 'ai'] as const).flatMap((peer) => [
    [`${peer} over our buffer`, ratio(peer) / ratio('buffer'), '>=', 2.5] as const,
    [`${peer} over our stream`, ratio(peer) / ratio('stream'), '>=', 4] as const,
  ]),
  ['32 pictures of 8 MB saved at once, peak MB above start', memory.saveMb, '<=', 45],
  ['longest synchronous stretch decoding 8 MB, ms', memory.longestStretchMs, '<=', 2],
  ['import of @tintype/core, ms', memory.importMs, '<=', 30],
];
const verdicts = bars.map(([what, got, relation, bar]) => {
  const holds = relation === '<=' ? got <= bar : got >= bar;
  return [what, got.toFixed(2), `${relation} ${bar}`, holds ? 'holds' : 'does not hold'];
});

const table = (lines: readonly (readonly string[])[]): string =>
  lines
    .map((line, index) => `| ${line.join(' | ')} |${index === 0 ? `\n|${' --- |'.repeat(line.length)}` : ''}`)
    .join('\n');
const report = `# What the client costs

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, medians of ${rounds} interleaved rounds. CPU time of the client's process, user and system, all threads. \`floor\` dispatches with undici and drops the bytes. Run it with \`pnpm bench\`.

${table([head, ...rows])}

${table([['bar', 'measured', 'wanted', ''], ...verdicts])}
`;
console.log(report);
await writeFile(file('../RESULTS.md'), report);
