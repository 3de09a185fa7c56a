import { expect, test } from 'vitest';
import type { JobRecord } from '../jobs/job-record.ts';
import { loggedProblem } from './logged-problem.ts';

function saidOf(said: string, prompts: { readonly prompt: string; readonly negativePrompt?: string }): unknown {
  const job: JobRecord = {
    id: 'job_1',
    owner: 'anonymous',
    endpoint: 'default',
    status: 'WAITING',
    statusSince: 0,
    request: { ...prompts, width: 64, height: 64, guidanceScale: 1, inferenceSteps: 1, extra: {}, given: ['prompt'] },
    createdAt: 0,
    imageId: 'img_1',
    dispatches: 1,
    interruptions: 0,
    attempts: [],
    lastAnswer: { at: 0, status: 503, said },
  };
  return loggedProblem(job);
}

test.each([
  ['as it is', 'no: my secret fox', { prompt: 'my secret fox' }, 'no: [prompt]'],
  ['of several lines, on one', 'no: my secret fox', { prompt: 'my\n  secret\tfox ' }, 'no: [prompt]'],
  ['in JSON', String.raw`{"inputs":"my\nfox"}`, { prompt: 'my\nfox' }, '{"inputs":"[prompt]"}'],
  ['in the middle of which the text was cut', 'no: my secr…', { prompt: 'my secret fox' }, 'no: [prompt]…'],
  [
    'that stands in the other one',
    'no: fox and hen',
    { prompt: 'fox and', negativePrompt: 'fox and hen' },
    'no: [prompt]',
  ],
])('the log has no prompt %s', (_case, said, prompts, shown) => {
  expect(saidOf(said, prompts)).toEqual({ responded: 503, said: shown });
});
