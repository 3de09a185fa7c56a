import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { JobEngine } from '../jobs/job-engine.ts';
import { isFinal, jobStatuses, type JobRecord } from '../jobs/job-record.ts';
import { codeOf } from '../problems/problem.ts';

/** One answer over HTTP. */
export interface AnswerFacts {
  /** As it is written in the documentation, such as `/images/:id`. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Until the first byte. */
  readonly seconds: number;
}

/** What the gateway counts. Labels hold states, codes and routes only: no prompt, no key, no id. */
export interface Metrics {
  jobChanged(job: JobRecord): void;
  imageStored(image: { readonly byteLength: number; readonly durationMs: number }): void;
  storeRefused(): void;
  answered(answer: AnswerFacts): void;
  /** All of it in Prometheus' text form. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const imageSeconds = [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];

/** Counters of one gateway; two in one process do not mix. */
export function createMetrics(engine: Pick<JobEngine, 'jobStore' | 'queue' | 'now'>): Metrics {
  const registry = new Registry();
  registerGauges(registry, engine);
  const finished = new Counter({
    name: 'tintype_jobs_finished_total',
    help: 'Jobs that have ended, by state and error code.',
    labelNames: ['status', 'code'],
    registers: [registry],
  });
  const wait = new Histogram({
    name: 'tintype_job_wait_seconds',
    help: 'From a job being accepted to its being sent.',
    buckets: [0.01, 0.1, ...imageSeconds],
    registers: [registry],
  });
  const generation = new Histogram({
    name: 'tintype_generation_seconds',
    help: 'From a job being sent to its image, waiting for the endpoint included.',
    buckets: imageSeconds,
    registers: [registry],
  });
  const imageBytes = new Counter({
    name: 'tintype_image_bytes_total',
    help: 'Bytes of images stored.',
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'tintype_store_refusals_total',
    help: 'Tries to keep an image, or how its job ended, that failed and were made again.',
    registers: [registry],
  });
  const lastStatus = new Gauge({
    name: 'tintype_endpoint_last_status',
    help: "HTTP status of the endpoint's last answer; 0 when there was none.",
    registers: [registry],
  });
  const lastAnswer = new Gauge({
    name: 'tintype_endpoint_last_answer_timestamp_seconds',
    help: 'When the endpoint last answered, or last could not be reached.',
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'tintype_http_request_seconds',
    help: 'Answers by route, method and status, until their first byte.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60],
    registers: [registry],
  });

  return {
    jobChanged(job) {
      if (job.status === 'RUNNING' && job.startedAt === job.statusSince) {
        wait.observe((job.startedAt - job.createdAt) / 1_000);
      }
      const answer = job.status === 'WAITING' ? job.lastAnswer : job.attempts.at(-1);
      if (answer !== undefined) {
        lastStatus.set(answer.status ?? 0);
        lastAnswer.set(engine.now() / 1_000);
      }
      if (isFinal(job))
        finished.inc({ status: job.status, code: job.failure === undefined ? '' : codeOf(job.failure) });
    },
    imageStored({ byteLength, durationMs }) {
      imageBytes.inc(byteLength);
      generation.observe(durationMs / 1_000);
    },
    storeRefused() {
      refusals.inc();
    },
    answered({ route, method, status, seconds }) {
      requests.observe({ route, method, status }, seconds);
    },
    async print() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A figure that cannot be had just now has no value, and takes no other along. */
async function ifAnswered(gauge: Pick<Gauge, 'reset'>, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch {
    gauge.reset();
  }
}

/** What is read from the gateway when it is asked for. */
function registerGauges(registry: Registry, { jobStore, queue }: Pick<JobEngine, 'jobStore' | 'queue'>): void {
  registry.registerMetric(
    new Gauge({
      name: 'tintype_jobs',
      help: 'Jobs in the store, by state.',
      labelNames: ['status'],
      registers: [],
      async collect() {
        await ifAnswered(this, async () => {
          const counts = await jobStore.countJobs();
          for (const status of jobStatuses) this.set({ status }, counts[status]);
        });
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'tintype_queue_depth',
      help: 'Jobs waiting for their turn.',
      registers: [],
      async collect() {
        await ifAnswered(this, async () => this.set((await queue.waiting()).length));
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'tintype_jobs_running',
      help: 'Jobs at the endpoint.',
      registers: [],
      collect() {
        this.set(queue.running);
      },
    }),
  );
}
