/**
 * 50 images of 1.5 MB in a real n8n: the Tintype node against HTTP Request + Convert to File, the usual way without it.
 * Both ask for all at once, and n8n keeps binary data on disk, as it does by default. Needs what `test:e2e` installs.
 * Prints the medians and writes all samples to `.reports/bench.json`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installTool } from '../e2e/support/install-tools.ts';
import { connect } from '../e2e/support/n8n-api.ts';
import { createN8nProfile } from '../e2e/support/n8n-profile.ts';
import { activateWebhook, webhookNode } from '../e2e/support/webhook.ts';
import { generateNode, itemsNodes, type WorkflowNode } from '../e2e/support/workflow.ts';
import { packNode } from '../src/testing/pack-node.ts';
import { startLargeImages } from './large-images.ts';

const count = 50;
const imageBytes = 1.5 * 1024 * 1024;
const runs = 3;

interface Measurement {
  /** Of each run: from the call of the webhook to its answer when the last node is done. */
  readonly ms: readonly number[];
  /** What the server held before the first run and at most, in MiB. */
  readonly idleMiB: number;
  readonly peakMiB: number;
}

await installTool('n8n');
await using packed = await packNode();
await using images = await startLargeImages(imageBytes);

const ways = {
  tintype: [generateNode({ prompt: '={{ $json.text }}', options: { batching: { batch: { batchSize: -1 } } } })],
  httpRequest: [
    {
      name: 'HTTP Request',
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4.2,
      parameters: {
        method: 'POST',
        url: images.url,
        sendBody: true,
        specifyBody: 'json',
        jsonBody:
          '={{ JSON.stringify({ inputs: $json.text, width: 512, height: 512, guidance_scale: 7.5, inference_steps: 25 }) }}',
        options: {},
      },
    },
    {
      name: 'Convert to File',
      type: 'n8n-nodes-base.convertToFile',
      typeVersion: 1.1,
      parameters: {
        operation: 'toBinary',
        sourceProperty: 'image',
        options: { fileName: 'image.png', mimeType: 'image/png' },
      },
    },
  ],
} as const satisfies Record<string, readonly WorkflowNode[]>;

const measured: Record<string, Measurement> = {};
for (const [way, nodes] of Object.entries(ways)) measured[way] = await measure(nodes);

await mkdir(join(import.meta.dirname, '../.reports'), { recursive: true });
await writeFile(
  join(import.meta.dirname, '../.reports/bench.json'),
  JSON.stringify({ count, imageBytes, runs, measured }, null, 2),
);
for (const [way, { ms, idleMiB, peakMiB }] of Object.entries(measured)) {
  const each = (median(ms) / count).toFixed(1);
  print(
    `${way.padEnd(12)} ${each} ms per image; memory ${idleMiB.toFixed(0)} MiB idle, ${peakMiB.toFixed(0)} MiB at the peak`,
  );
}

/** In a server of its own, so that neither finds the other's memory. */
async function measure(nodes: readonly WorkflowNode[]): Promise<Measurement> {
  await using n8n = await createN8nProfile({ tarball: packed.tarball });
  await using server = await n8n.start();
  const api = await connect(server.url);
  const saved = await api.post('/rest/credentials', {
    name: 'Bench',
    type: 'tintypeApi',
    data: { url: images.url, accessToken: 'hf_bench' },
  });
  const rows = Array.from({ length: count }, (_, index) => ({ text: `fox ${index}` }));
  const url = await activateWebhook(api, server, {
    path: 'bench',
    credential: { id: String(saved['id']), name: String(saved['name']) },
    nodes: [webhookNode('bench', 'lastNode', { responseData: 'noData' }), ...itemsNodes(rows), ...nodes],
  });
  const idleMiB = await memory(server.pid, 'VmRSS');
  const ms: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const before = images.served;
    const from = performance.now();
    const answer = await fetch(url, { method: 'POST' });
    await answer.text();
    ms.push(performance.now() - from);
    const made = images.served - before;
    if (!answer.ok || made !== count) throw new Error(`The run ended with ${answer.status} after ${made} images.`);
  }
  return { ms, idleMiB, peakMiB: await memory(server.pid, 'VmHWM') };
}

/** What the kernel says of a process, in MiB: `VmRSS` now, `VmHWM` at most so far. */
async function memory(pid: number, fact: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${fact}:\\s*(\\d+) kB`, 'm').exec(status) ?? [];
  return Number(kilobytes) / 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
