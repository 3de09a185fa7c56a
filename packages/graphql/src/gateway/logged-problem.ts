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
  const echoes = [request.prompt, request.negativePrompt ?? '']
    .flatMap((prompt) => [prompt, JSON.stringify(prompt).slice(1, -1)])
    // As core puts an endpoint's words on one line.
    .map((prompt) => prompt.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim())
    .filter((prompt) => prompt.length >= shortestPrompt)
    // What is left of a prompt that holds another one would tell the rest of it.
    .toSorted((one, other) => other.length - one.length);
  const hide = (text: string): string => echoes.reduce(withoutPrompt, text);
  return JSON.parse(JSON.stringify({ status, failure, lastAnswer }), (name, value: unknown) =>
    typeof value === 'string' && (name === 'said' || name === 'detail') ? hide(value) : value,
  ) as Pick<JobRecord, 'status' | 'failure' | 'lastAnswer'>;
}

/** Where the text was shortened, that may have been in the middle of a prompt. */
function withoutPrompt(text: string, prompt: string): string {
  const shown = text.replaceAll(prompt, () => '[prompt]');
  if (!shown.endsWith('…')) return shown;
  const end = shown.slice(0, -1);
  for (let length = Math.min(prompt.length, end.length); length >= shortestPrompt; length -= 1) {
    if (end.endsWith(prompt.slice(0, length))) return `${end.slice(0, -length)}[prompt]…`;
  }
  return shown;
}
