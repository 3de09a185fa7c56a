/**
 * What the pipeline costs beyond the bare `session.run` calls, and how an endpoint behaves while it draws. Prints a table;
 * ratios hold on a busy machine too, since both sides of each are measured in the same run.
 *
 *     pnpm bench
 *
 * @module
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { InferenceSession } from 'onnxruntime-node';
import { createEndpoint } from '../src/index.ts';
import { DiffusionPipeline, type DiffusionJob } from '../src/pipeline/diffusion-pipeline.ts';
import { loadRuntime, type Runtime } from '../src/pipeline/runtime.ts';

const tiny = fileURLToPath(new URL('../models/tintype-tiny', import.meta.url));
const job: DiffusionJob = {
  prompt: 'a fox in the snow at night',
  negativePrompt: 'moon',
  width: 192,
  height: 192,
  guidanceScale: 7.5,
  steps: 25,
  seed: 1n,
  scheduler: 'euler',
};
const quietly = { isCanceled: () => false, onStep: () => undefined };
const say = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(58)} ${value}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The runtime, with a watch on every `session.run`. */
function timed(runtime: Runtime): { readonly runtime: Runtime; readonly clock: { spent: number } } {
  const clock = { spent: 0 };
  const create = async (...options: Parameters<typeof runtime.InferenceSession.create>): Promise<InferenceSession> => {
    const session = await runtime.InferenceSession.create(...options);
    const run = session.run.bind(session) as (...args: readonly unknown[]) => Promise<InferenceSession.ReturnType>;
    session.run = async (...args: readonly unknown[]) => {
      const startedAt = performance.now();
      const outputs = await run(...args);
      clock.spent += performance.now() - startedAt;
      return outputs;
    };
    return session;
  };
  return { runtime: { ...runtime, InferenceSession: { create } as unknown as Runtime['InferenceSession'] }, clock };
}

async function measurePipeline(): Promise<void> {
  const { runtime, clock } = timed(await loadRuntime());
  const loads: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    const pipeline = await DiffusionPipeline.load(tiny, { runtime });
    loads.push(performance.now() - startedAt);
    await pipeline.release();
  }
  say('loading the tiny model, median of 5', `${median(loads).toFixed(0)} ms (best ${Math.min(...loads).toFixed(0)})`);

  const pipeline = await DiffusionPipeline.load(tiny, { runtime });
  await pipeline.draw(job, quietly);
  const totals: number[] = [];
  const overheads: number[] = [];
  for (let round = 0; round < 9; round++) {
    clock.spent = 0;
    const startedAt = performance.now();
    await pipeline.draw(job, quietly);
    const total = performance.now() - startedAt;
    totals.push(total);
    overheads.push(total / clock.spent - 1);
  }
  await pipeline.release();
  say(
    'drawing 192 × 192 in 25 steps, median of 9',
    `${median(totals).toFixed(0)} ms (best ${Math.min(...totals).toFixed(0)})`,
  );
  say('overhead over session.run, median of 9', `${(median(overheads) * 100).toFixed(2)} %`);
}

async function measureEndpoint(): Promise<void> {
  const endpoint = createEndpoint({ port: 0 });
  const startedAt = performance.now();
  const { url } = await endpoint.listen();
  await endpoint.ready();
  say('from listen() to a loaded model, thread included', `${(performance.now() - startedAt).toFixed(0)} ms`);

  const body = JSON.stringify({
    inputs: job.prompt,
    width: 512,
    height: 512,
    guidance_scale: 7.5,
    inference_steps: 100,
  });
  let isDrawing = true;
  const image = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).finally(() => {
    isDrawing = false;
  });
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const answers: number[] = [];
  // oxlint-disable-next-line no-unmodified-loop-condition -- the request above modifies it
  while (isDrawing) {
    const askedAt = performance.now();
    await (await fetch(`${url}/health`)).text();
    answers.push(performance.now() - askedAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  delays.disable();
  await (await image).arrayBuffer();
  say(
    `GET /health while drawing, ${answers.length} times`,
    `median ${median(answers).toFixed(1)} ms, worst ${Math.max(...answers).toFixed(1)} ms`,
  );
  say('memory of the process (RSS)', `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  await endpoint.close();
}

await measureEndpoint();
await measurePipeline();
