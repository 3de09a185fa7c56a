import type { JobRecord } from '../jobs/job-record.ts';
import { describeProblem } from '../problems/describe-problem.ts';

/** What the operator's log says of a job that waits or has failed: all that is known, but for its prompts. */
export function loggedProblem(job: JobRecord): object {
  const { status, failure, lastAnswer } = withoutPrompts(job);
  if (status === 'WAITING' && lastAnswer !== undefined) return { responded: lastAnswer.status, said: lastAnswer.said };
  if (failure === undefined) return {};
  const { code, message, hint } = describeProblem(failure, 'operator');
  return { code, why: message, hint };
}

/** Fewer characters than this tell nothing of a prompt, and may well be a word's. */
const shortestPrompt = 4;

/** An endpoint may repeat what it was asked for. */
function withoutPrompts({
  status,
  failure,
  lastAnswer,
  request,
}: JobRecord): Pick<JobRecord, 'status' | 'failure' | 'lastAnswer'> {
  const prompts = [request.prompt, request.negativePrompt ?? '']
    .flatMap((prompt) => [prompt, JSON.stringify(prompt).slice(1, -1)])
    .filter((prompt) => prompt.length >= shortestPrompt);
  const hide = (text: string): string => prompts.reduce((shown, prompt) => shown.replaceAll(prompt, '[prompt]'), text);
  return JSON.parse(JSON.stringify({ status, failure, lastAnswer }), (name, value: unknown) =>
    typeof value === 'string' && (name === 'said' || name === 'detail') ? hide(value) : value,
  ) as Pick<JobRecord, 'status' | 'failure' | 'lastAnswer'>;
}
