import type { ResolvedRequest } from '../contract/image-request.ts';
import { requestWarnings } from '../contract/request-issue.ts';
import type { Attempt } from '../errors/attempt.ts';
import type { ImageFacts } from '../image/generated-image.ts';
import type { ImageSize } from '../image/image-size.ts';
import { redact } from '../observe/redact.ts';

/** More than this is nobody's reading, and the texts may come from anywhere. */
const mostFromEndpoint = 20;
const longestFromEndpoint = 1000;

/** What there is to warn of, from here and from the endpoint, and the response's other members without `warnings`. */
export function imageWarnings(facts: {
  readonly request: ResolvedRequest;
  readonly size: ImageSize | undefined;
  readonly attempts: readonly Attempt[];
  /** The response's members beside the image. */
  readonly members: ImageFacts['meta'];
  /** What no text may show. */
  readonly secrets: readonly string[];
}): Pick<ImageFacts, 'warnings' | 'meta'> {
  const { request, size, attempts, members, secrets } = facts;
  const own = [...requestWarnings(request), ...sizeWarnings(request, size), ...repeatWarnings(attempts)];
  const { warnings: said, ...others } = members;
  const texts = typeof said === 'string' ? [said] : said;
  // What is not sentences belongs to someone else.
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    return { warnings: own, meta: members };
  const shown = texts.slice(0, mostFromEndpoint).map((text) => redact(text, secrets, longestFromEndpoint));
  const more = texts.length - shown.length;
  if (more > 0) shown.push(`More warnings from the endpoint, not shown: ${more}.`);
  // Tintype's own endpoint and gateway look at the request, too, and say the same.
  return { warnings: [...new Set([...own, ...shown])].filter((text) => text !== ''), meta: others };
}

function sizeWarnings(requested: ImageSize, received: ImageSize | undefined): readonly string[] {
  if (received === undefined || (received.width === requested.width && received.height === requested.height)) return [];
  return [
    `The image is ${received.width} × ${received.height} pixels, not the requested ${requested.width} × ${requested.height}.`,
  ];
}

/** Each repeat may have been billed, too. */
function repeatWarnings(attempts: readonly Attempt[]): readonly string[] {
  const doubtful = attempts.slice(0, -1).filter((attempt) => attempt.mayHaveRun).length;
  if (doubtful === 0) return [];
  return [
    `The request was sent ${doubtful + 1} times, and the endpoint may have worked on each of them: you may have been billed for each.`,
  ];
}
