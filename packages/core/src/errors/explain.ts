import { summarizeIssues } from '../contract/request-issue.ts';
import { hideAddresses } from '../observe/redact.ts';
import { type ImageErrorCode, isRetryable } from './codes.ts';
import type { ErrorFacts, OptionName, ResponseFacts } from './facts.ts';
import type { Remedy } from './remedy.ts';

/** An error as plain JSON: what a log, a database or another process keeps of it. `explain` words it. */
export interface ErrorData<Code extends ImageErrorCode = ImageErrorCode> {
  /** The cause, from the closed list. */
  readonly code: Code;
  /** What is known about it. */
  readonly facts: ErrorFacts[Code];
  /** What would help. */
  readonly remedy: Remedy;
  /** The last HTTP status, where there was a response. */
  readonly status?: number | undefined;
}

/**
 * Who reads it: a program's author, someone at a command line or in n8n, the caller of a gateway, or the gateway's
 * operator. A caller never sees an address, nor an option that only the operator can set.
 */
export type Audience = 'code' | 'cli' | 'n8n' | 'caller' | 'operator';

/** What the reader knows an option as: a flag, an environment variable, a field. Options without a name are not mentioned. */
export type OptionNames = Readonly<Partial<Record<OptionName, string>>>;

/** An error in words. */
export interface Explanation {
  /** What happened, to what. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/**
 * Words an error for its reader: the one place that does.
 *
 * @example
 * const names = { 'timeout.total': '--timeout', token: 'TINTYPE_ENDPOINT_TOKEN' };
 * try {
 *   await client.generate({ prompt: 'a red fox' });
 * } catch (error) {
 *   if (ImageError.isInstance(error)) console.error(explain(error, 'cli', names).hint);
 * }
 */
export function explain<Code extends ImageErrorCode>(
  { code, facts, remedy, status }: ErrorData<Code>,
  audience: Audience,
  names: OptionNames = {},
): Explanation {
  const isCaller = audience === 'caller';
  const reader: Reader = {
    isCaller,
    isRetryable: isRetryable(code),
    status: status === undefined ? '' : ` (${status})`,
    url: names.endpoint ?? 'the endpoint URL',
    token: names.token ?? 'the token',
    subject: (option) => capitalized(names[option] ?? option),
    naming: (before, option, after = '') => {
      const name = names[option] ?? (audience === 'code' ? option : '');
      return name === '' || isCaller ? '' : before + name + after;
    },
  };
  return { message: messages[code](facts, reader) + saidBy(code, facts, isCaller), hint: hintFor(remedy, reader) };
}

interface Reader {
  readonly isCaller: boolean;
  readonly isRetryable: boolean;
  /** The status in brackets, where there was a response. */
  readonly status: string;
  readonly url: string;
  readonly token: string;
  /** An option at the beginning of a sentence. */
  readonly subject: (option: OptionName) => string;
  /** A clause that names an option; nothing for a reader who cannot set it. */
  readonly naming: (before: string, option: OptionName, after?: string) => string;
}

type Messages = { readonly [Code in ImageErrorCode]: (facts: ErrorFacts[Code], reader: Reader) => string };

const endpointThat =
  (does: string) =>
  (_facts: object, { status }: Reader): string =>
    `The endpoint ${does}${status}.`;

const unavailable =
  (is: string, hasBeen: string): Messages['endpoint_unavailable'] =>
  ({ waitedMs = 0 }, { status }) =>
    `The endpoint ${waitedMs < 1000 ? is : `${hasBeen} for ${inWords(waitedMs)}`}${status}.`;

const messages: Messages = {
  invalid_request: ({ issues, option }, reader) => {
    const [issue] = issues;
    if (issue === undefined) return `The endpoint refused the request${reader.status}.`;
    if (option === undefined) return summarizeIssues(issues);
    if (reader.isCaller) return 'The gateway is not configured correctly.';
    return `${reader.subject(option)} must be ${issue.allowed}; got ${issue.got}.`;
  },
  unauthorized: ({ hasToken }, { status, isCaller }) =>
    hasToken
      ? `The endpoint refused the ${isCaller ? "gateway's " : ''}token${status}.`
      : `The endpoint accepts only requests with a token${status}.`,
  payment_required: endpointThat('requires payment'),
  content_refused: endpointThat('rejected the prompt or the image as unsafe'),
  endpoint_not_found: ({ endpoint }, { status, isCaller }) =>
    `There is no endpoint at ${isCaller ? 'the address that the gateway uses' : endpoint}${status}.`,
  endpoint_unavailable: unavailable('is not ready', 'has not been ready'),
  endpoint_paused: endpointThat('is paused'),
  endpoint_failed: endpointThat('has failed and is not running'),
  rate_limited: endpointThat('is rate-limiting requests'),
  overloaded: unavailable('has too many requests waiting', 'has had too many requests waiting'),
  handler_failed: (_, { status }) => `The endpoint's handler failed${status}.`,
  out_of_memory: endpointThat('ran out of memory'),
  timeout: ({ endpoint, phase, ms, waitingFor }, { isCaller, status }) => {
    const within = `${hostOf(endpoint, isCaller)} within ${inWords(ms)}`;
    if (waitingFor === 'turn') return `The call was still waiting for its turn after ${inWords(ms)}.`;
    if (waitingFor === 'health') return `There was no response from the health route of ${within}.`;
    if (status !== '') return `A proxy in front of the endpoint stopped waiting after ${inWords(ms)}${status}.`;
    if (phase === 'idle') return `The response from ${hostOf(endpoint, isCaller)} stalled for ${inWords(ms)}.`;
    return `There was no ${missing[phase]} ${within}.`;
  },
  network: ({ endpoint, stage, failure }, { isCaller }) =>
    stage === 'not_sent'
      ? `${capitalized(hostOf(endpoint, isCaller))} could not be reached (${failure}).`
      : `The connection to ${hostOf(endpoint, isCaller)} broke before the response was complete (${failure}).`,
  aborted: () => 'The call was canceled.',
  unexpected_status: ({ redirectsTo }, { status, isCaller }) =>
    `The endpoint ${redirectsTo === undefined || isCaller ? 'responded with an unexpected status' : `redirects to ${redirectsTo}`}${status}.`,
  invalid_response: ({ detail }, { isCaller }) =>
    isCaller ? "The endpoint's response is not an image." : sentence(detail),
};

const missing = { connect: 'connection to', attempt: 'complete response from', total: 'image from' } as const;

function hostOf(endpoint: string, isCaller: boolean): string {
  return isCaller ? 'the endpoint' : `the endpoint at ${new URL(endpoint).host}`;
}

/** Names of options are left as they are; a field's words begin a sentence. */
function capitalized(name: string): string {
  return name.includes(' ') ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}

/** The endpoint's own words. Those that are not about the caller's request are none of the caller's business. */
function saidBy(code: ImageErrorCode, facts: Partial<ResponseFacts>, isCaller: boolean): string {
  const { said = '', endpoint = '' } = facts;
  if (said === '' || (isCaller && code !== 'invalid_request' && code !== 'content_refused')) return '';
  return ` It said: ${sentence(isCaller ? hideAddresses(said, endpoint) : said)}`;
}

/** Others' words may end anywhere. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

type Hints = {
  readonly [Kind in Remedy['kind']]: (remedy: Extract<Remedy, { readonly kind: Kind }>, reader: Reader) => string;
};

const always = (hint: string) => (): string => hint;

const requestLess = 'Request fewer steps or a smaller image. The endpoint may still be working on this one.';

const hints: Hints = {
  fix_request: ({ issues }) =>
    `Correct ${issues.length === 0 ? 'what the endpoint objects to' : 'the named fields'} and send the request again.`,
  fix_option: ({ option }, { subject }) =>
    option === 'model' ? `Set ${subject(option)}.` : `Correct ${subject(option)}, or leave it out for its default.`,
  shorten_request: always('The request is too long: shorten the prompts, or the fields in extra.'),
  change_prompt: always('Change the prompt and send the request again.'),
  check_token: ({ hasToken }, { token }) =>
    hasToken
      ? `Check ${token}: it must be complete, valid and allowed to call this endpoint. On Hugging Face, create one under Settings → Access Tokens.`
      : `Set ${token}.`,
  check_url: ({ why }, { url }) =>
    ({
      redirect: `Use the final URL as ${url}: redirects are not followed, since they would get the token.`,
      refused: `Nothing is listening there: check the port in ${url}, and that the endpoint is running.`,
      unknown_host: `There is no such host: check ${url}.`,
      not_https: `The server does not speak HTTPS: check the port in ${url}, or use http://.`,
      unreachable: `Check ${url}, and that this machine can reach it.`,
      wrong: `Use the endpoint's complete URL as ${url}, including https:// or http://.`,
    })[why ?? 'wrong'],
  check_certificate: (_, { url }) => `The certificate is not trusted: check ${url}, or the proxy in between.`,
  check_proxy: always(
    'Check the proxy in between: it changes the headers Accept and Content-Type, which must stay application/json.',
  ),
  check_handler: (_, { url }) => `Check ${url}, and that the endpoint's handler responds with { "image": "<base64>" }.`,
  check_billing: always("Check the billing of the endpoint's account."),
  resume_endpoint: always('Resume the endpoint on its page, then try again: it does not wake by itself.'),
  read_endpoint_logs: always("Read the endpoint's logs on its page."),
  use_less_memory: (_, { isCaller }) =>
    `Request a smaller image (width × height)${isCaller ? '' : ', or run the endpoint on a larger machine'}.`,
  send_fewer_at_once: ({ ms }, { naming }) =>
    `Send fewer requests at a time${naming(' (', 'concurrency', ')')}, or try again ${later(ms)}.`,
  wait: ({ ms, waits }, { naming }) =>
    `Try again ${later(ms)}${waits ? naming(', or allow more time with ', 'timeout.total') : naming(', or wait for it with ', 'retry.waitForColdStart')}.`,
  allow_more_time: ({ phase, waitingFor }, { naming, isCaller }) => {
    if (isCaller) return waitingFor === undefined ? requestLess : 'Try again in a few minutes.';
    const time = `more time${naming(' with ', `timeout.${phase}`)}`;
    if (waitingFor === 'turn') return `Allow ${time}, or more calls at a time${naming(' with ', 'concurrency')}.`;
    if (waitingFor === 'health') return `Check the endpoint's page: it may be starting, or stuck. Allow ${time}.`;
    return `Allow ${time}. ${requestLess}`;
  },
  request_less: always(requestLess),
  try_again: ({ wasStopped }, { isCaller, url }) =>
    `Try again${wasStopped ? ' if you still want the image' : ''}. The endpoint may have made the image already, and billed it.${wasStopped || isCaller ? '' : ` If that repeats, read its logs and check ${url}.`}`,
};

/** What only someone can do who has the endpoint, or the client's options, in their hands. */
const isForOperator = /^(check|read|resume|fix_option)/;

function hintFor<Kind extends Remedy['kind']>(
  remedy: Extract<Remedy, { readonly kind: Kind }>,
  reader: Reader,
): string {
  if (reader.isCaller && isForOperator.test(remedy.kind))
    return reader.isRetryable
      ? "Try again later, and tell the gateway's operator if it keeps happening."
      : "Tell the gateway's operator: only they can fix this.";
  const hint: Hints[Kind] = hints[remedy.kind];
  return hint(remedy, reader);
}

function later(ms: number | undefined): string {
  return ms === undefined ? 'in a few minutes' : `in ${inWords(ms)}`;
}

/** A time as a sentence says it: to a tenth where it is short, since a deadline of 1.5 s is not one of 2 s. */
export function inWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${rounded(ms / 1000)} s`;
  return `${rounded(ms / 60_000)} min`;
}

function rounded(amount: number): number {
  return amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
}
