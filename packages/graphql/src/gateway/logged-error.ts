import { pino } from 'pino';

/** Whoever knows an image's id can see the image, so a log that many read must not hold it. */
const imageId = /\bimg_[\w-]{22}/g;

/**
 * An error as every log line has to name it: its words and its plain members, those of its causes included, without the ids of
 * images, which stores put into paths and keys. Members that are objects are left out: libraries hang what was sent on them.
 */
export function loggedError(error: unknown): unknown {
  return withoutImages(error instanceof Error ? pino.stdSerializers.err(error) : String(error));
}

function withoutImages(value: unknown): unknown {
  // Causes follow behind a colon, and sentences end with a full stop.
  if (typeof value === 'string') return value.replaceAll(imageId, 'img_…').replaceAll('.: ', ': ');
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name === 'aggregateErrors' && Array.isArray(member)) return [[name, member.map(withoutImages)]];
    return typeof member === 'object' ? [] : [[name, withoutImages(member)]];
  });
  return Object.fromEntries(entries);
}
