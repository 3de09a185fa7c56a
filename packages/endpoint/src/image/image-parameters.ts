/** How an image came to be: what is written into it. */
export interface ImageParameters {
  readonly prompt: string;
  readonly negativePrompt?: string;
  /** The settings by AUTOMATIC1111's names, such as `Steps`, `Sampler`, `CFG scale`, `Seed`, `Size`, `Model`. */
  readonly settings: Readonly<Record<string, string>>;
}

const negativePrefix = 'Negative prompt: ';

/**
 * The text that AUTOMATIC1111's web UI writes into images (`modules/processing.py`, `create_infotext`): the prompt, the
 * negative prompt, one line of settings.
 */
export function formatImageParameters({ prompt, negativePrompt, settings }: ImageParameters): string {
  const line = Object.entries(settings)
    .map(([name, value]) => `${name}: ${quoted(value)}`)
    .join(', ');
  return [prompt, ...(negativePrompt === undefined ? [] : [`${negativePrefix}${negativePrompt}`]), line].join('\n');
}

/**
 * Reads such a text back (`modules/infotext_utils.py`, `parse_generation_parameters`). The last line is taken as settings
 * if it reads like at least three of them.
 */
export function parseImageParameters(text: string): ImageParameters {
  const lines = text.trim().split('\n');
  const pairs = [...(lines.at(-1) ?? '').matchAll(/\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g)];
  const hasSettings = pairs.length >= 3;
  const body = hasSettings ? lines.slice(0, -1) : lines;
  const negativeAt = body.findIndex((line) => line.startsWith(negativePrefix.trimEnd()));
  const prompt = (negativeAt === -1 ? body : body.slice(0, negativeAt)).join('\n').trim();
  const negative = negativeAt === -1 ? '' : body.slice(negativeAt).join('\n').slice(negativePrefix.length).trim();
  return {
    prompt,
    ...(negative === '' ? {} : { negativePrompt: negative }),
    settings: Object.fromEntries(hasSettings ? pairs.map(([, name = '', value = '']) => [name, unquoted(value)]) : []),
  };
}

/** As AUTOMATIC1111's `quote`: JSON, where a value would break the line apart. */
function quoted(value: string): string {
  return /[,:\n]/.test(value) ? JSON.stringify(value) : value;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value.trim();
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
