// Prints what each way to an image costs in CPU, as ratios to a floor that throws the bytes away: medians of three runs.
import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureMemory } from './measure-memory.ts';
import { cells, measureRun, message, type Costs } from './measure-run.ts';
import { geometricMean, median } from './statistics.ts';
import { variantNames, type VariantName } from './variants.ts';

const runCount = 3;
const ours = new Set<VariantName>(['stream', 'save', 'buffer']);

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
// Files that were deleted beside it within the last five minutes make new ones dearer on ext4: do nothing else before.
const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'));
const server = fork(file('server.ts'));
const url = `http://127.0.0.1:${await message<number>(server)}`;

const runs: Costs[] = [];
for (let run = 0; run < runCount; run += 1) {
  console.error(`Run ${run + 1} of ${runCount}`);
  runs.push(await measureRun({ url, folder, run }));
}
const memory = await measureMemory(`${url}/8000000`, folder);
server.kill();
await rm(folder, { recursive: true, force: true });

/** A run's ratio of one variant to another: the geometric mean over all cells. */
const ratioIn = (costs: Costs, name: VariantName, to: VariantName): number =>
  geometricMean(cells.map((cell) => costs(name, cell) / costs(to, cell)));
const ratios = (name: VariantName, to: VariantName = 'floor'): readonly number[] =>
  runs.map((costs) => ratioIn(costs, name, to));

const head = [
  'CPU ms per call',
  ...cells.map(({ size, concurrency }) => `${size / 1e6} MB c${concurrency}`),
  'ratio to floor',
  'of the runs',
];
const rows = variantNames.map((name) => [
  ours.has(name) ? `**@tintype/core ${name}**` : name,
  ...cells.map((cell) => median(runs.map((costs) => costs(name, cell))).toFixed(2)),
  `${median(ratios(name)).toFixed(2)}×`,
  ratios(name)
    .map((ratio) => ratio.toFixed(2))
    .join(', '),
]);

const bars: readonly (readonly [string, number, '<=' | '>=', number])[] = [
  ['stream, ratio to floor', median(ratios('stream')), '<=', 1.5],
  ['save to file, ratio to floor', median(ratios('save')), '<=', 2],
  ['buffer, ratio to floor', median(ratios('buffer')), '<=', 2.5],
  ...(['@huggingface/inference', 'openai', 'ai'] as const).flatMap((peer) => [
    [`${peer} over our buffer`, median(ratios(peer, 'buffer')), '>=', 2.5] as const,
    [`${peer} over our stream`, median(ratios(peer, 'stream')), '>=', 4] as const,
  ]),
  ['32 images of 8 MB saved at once, peak MB above start', memory.saveMb, '<=', 45],
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

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, medians of ${runCount} runs in fresh processes, the variants interleaved in each. CPU time of the client's process, user and system, all threads. \`floor\` dispatches with undici and drops the bytes. Measure with \`pnpm bench\`; \`pnpm bench --write\` writes this file.

${table([head, ...rows])}

${table([['bar', 'measured', 'wanted', ''], ...verdicts])}
`;
console.log(report);
// On purpose only: measured on a busy machine, the numbers are worth nothing.
if (process.argv.includes('--write')) await writeFile(file('../RESULTS.md'), report);
