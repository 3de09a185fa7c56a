import * as fc from 'fast-check';
import { base64Of, pngBytes } from '@tintype/png-like';
import { describe, expect, it } from 'vitest';
import { nodeBytes } from '../platform/node/node-bytes.ts';
import { commonPlaces } from '../protocols/protocol.ts';
import { BufferSink } from './buffer-sink.ts';
import type { ByteTools } from './byte-tools.ts';
import { DecodeProblem } from './decode-problem.ts';
import { portableBytes } from './portable-bytes.ts';
import { expectedImageBytes, ResponseBody, type ResponseContent } from './response-body.ts';
import { ViewSink } from './view-sink.ts';

type Headers = Record<string, string>;
interface Decoded {
  readonly content: ResponseContent;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** Feeds a body in the given pieces to every combination of sink and byte tools, and wants the same of all. */
function decode(
  body: string | Uint8Array,
  cuts: readonly number[] = [],
  headers: Headers = {},
  maxImageBytes = 1e9,
): Decoded {
  const ways: readonly [string, ByteTools, boolean | undefined][] = [
    ['buffer, node', nodeBytes, undefined],
    ['buffer, portable', portableBytes, undefined],
    ['views in place, node', nodeBytes, true],
    ['views, portable', portableBytes, false],
  ];
  const results = ways.map(
    ([name, tools, inPlace]) =>
      [name, settle(() => decodeOneWay(body, { cuts, headers, maxImageBytes, tools, inPlace }))] as const,
  );
  const [[, first]] = results as [(typeof results)[0]];
  for (const [name, result] of results) expect(result, name).toEqual(first);
  if ('problem' in first) throw first.problem;
  return first.decoded;
}

function settle(run: () => Decoded): { readonly decoded: Decoded } | { readonly problem: DecodeProblem } {
  try {
    return { decoded: run() };
  } catch (error) {
    if (error instanceof DecodeProblem) return { problem: error };
    throw error;
  }
}

interface Way {
  readonly cuts: readonly number[];
  readonly headers: Headers;
  readonly maxImageBytes: number;
  readonly tools: ByteTools;
  readonly inPlace: boolean | undefined;
}

function decodeOneWay(body: string | Uint8Array, { cuts, headers, maxImageBytes, tools, inPlace }: Way): Decoded {
  const source = typeof body === 'string' ? encoder.encode(body) : body;
  const views: Uint8Array[] = [];
  const buffer = new BufferSink(tools, 16);
  const sink =
    inPlace === undefined ? buffer : new ViewSink({ tools, inPlace, onView: (view) => views.push(view.slice()) });
  const response = new ResponseBody({ places: commonPlaces, tools, sink, headers, maxImageBytes });
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (source.length + 1)), source.length])].toSorted(
    (a, b) => a - b,
  );
  for (let index = 1; index < edges.length; index += 1) {
    const chunk = source.slice(edges[index - 1], edges[index]);
    response.push(inPlace === undefined && tools === nodeBytes ? Buffer.from(chunk) : chunk);
  }
  const content = response.end();
  return { content, bytes: new Uint8Array(Buffer.concat(inPlace === undefined ? [buffer.bytes] : views)) };
}

function reasonOf(body: string | Uint8Array, headers: Headers = {}, maxImageBytes = 1e9): string {
  try {
    decode(body, [], headers, maxImageBytes);
  } catch (error) {
    if (error instanceof DecodeProblem) return error.reason;
    throw error;
  }
  return 'an image';
}

/** `pnpm soak` sets many more. */
const numRuns = Number(process.env['DECODER_RUNS'] ?? 2000);

const image = pngBytes();
const text = base64Of(image);

describe('the body of a response', () => {
  it.each([
    ['compact', `{"image":"${text}"}`],
    ['with white space', ` \n{ "image" :\t"${text}" }\r\n`],
    ['after other members', `{"seed":7,"nested":{"image":"x","list":[{"image":1}]},"image":"${text}"}`],
    ['before other members', `{"image":"${text}","seed":7,"text":"a \\"quoted\\" {[,:"}`],
    ['with an escaped key', `{"\\u0069mage":"${text}"}`],
    ['with escaped slashes', `{"image":"${text.replaceAll('/', '\\/')}"}`],
    [
      'with every character escaped',
      `{"image":"${Array.from(text)
        .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('')}"}`,
    ],
    ['with MIME line breaks', `{"image":"${text.replaceAll(/.{76}/g, '$&\\n')}"}`],
    ['as a data URL', `{"image":"data:image/png;base64,${text}"}`],
    ['as the first of a list', `{"seed":7,"images":["${text}"]}`],
    ['as a data URL in a list', `{"images":["data:image/png;base64,${text}"],"seed":7}`],
    ['as OpenAI does', `{"created":1,"data":[{"revised_prompt":"a fox","b64_json":"${text}"}],"usage":{"data":[1]}}`],
    ['in a list of objects', `[{"score":1,"image":"${text}"}]`],
    ['as a bare string', `"${text}"`],
    ['as a bare data URL', ` "data:image/png;base64,${text}"\n`],
  ])('holds the image %s', (_name, body) => {
    const { content, bytes } = decode(body, [1, 5, 9, 17, 64, 66, 67, 1000]);
    expect(Buffer.compare(bytes, image)).toBe(0);
    expect(content).toMatchObject({
      kind: 'image',
      head: { mediaType: 'image/png', size: { width: 16, height: 8 } },
    });
  });

  it('passes an image that is no JSON through as it is', () => {
    expect(decode(image, [1, 3, 700], { 'content-type': 'image/png' }).bytes).toEqual(image);
    expect(decode(image, [1, 3, 700], { 'content-type': 'Image/PNG' }).bytes).toEqual(image);
  });

  it.each(['application/json', 'application/octet-stream', 'text/plain', undefined])(
    'passes it through where the Content-Type is %s',
    (type) => {
      expect(decode(image, [1, 3, 11, 700], type === undefined ? {} : { 'content-type': type }).bytes).toEqual(image);
    },
  );

  it('reads JSON that calls itself an image', () => {
    expect(decode(`{"image":"${text}"}`, [], { 'content-type': 'image/png' }).bytes).toEqual(image);
  });

  it('keeps the other members, and none of the image, as meta', () => {
    expect(decode(`{"seed":7,"image":"${text}","timings":{"unet":1.5}}`).content).toMatchObject({
      meta: { seed: 7, timings: { unet: 1.5 } },
    });
    expect(decode(`{"created":1,"data":[{"b64_json":"${text}","revised_prompt":"a fox"}]}`).content).toMatchObject({
      meta: { created: 1, revised_prompt: 'a fox' },
    });
    expect(decode(`[{"image":"${text}","seed":7}]`).content).toMatchObject({ meta: { seed: 7 } });
    expect(decode(`"${text}"`).content).toMatchObject({ meta: {} });
  });

  it('takes missing padding, one and two characters of it', () => {
    for (const length of [3000, 3001, 3002]) {
      const bytes = pngBytes({ length });
      expect(decode(`{"image":"${base64Of(bytes).replaceAll('=', '')}"}`).bytes).toEqual(bytes);
    }
  });

  it('reads 200 {"error": …} as the handler’s error', () => {
    expect(decode('{"error":"CUDA out of memory"}').content).toEqual({
      kind: 'handler_error',
      text: 'CUDA out of memory',
    });
  });

  it.each<[string, string | Uint8Array, string, string?]>([
    ['an HTML page', '<!doctype html><html><body>Hello</body></html>', 'not_json'],
    ['broken JSON', `{"image":"${text}",}`, 'not_json'],
    ['an image twice', `{"image":"${text}","image":"${text}"}`, 'not_json'],
    ['a raw line break in the text', `{"image":"${text.slice(0, 40)}\n${text.slice(40)}"}`, 'bad_base64'],
    ['no image', '{"photo":"abc"}', 'image_missing'],
    ['a null image', '{"image":null}', 'image_missing'],
    ['an image of another type', '{"image":{"b64":"…"}}', 'image_missing'],
    ['an empty image', '{"image":""}', 'image_missing'],
    ['a list', `["${text}"]`, 'image_missing'],
    ['words and a string', `Hello "${text}"`, 'not_json'],
    ['a bare sentence', '"no such model"', 'bad_base64'],
    ['something that calls itself an image', Buffer.from('certainly no image'), 'not_an_image', 'image/png'],
    ['a bad character', `{"image":"${text.slice(0, 100)}*${text.slice(101)}"}`, 'bad_base64'],
    ['the URL alphabet', `{"image":"${text.slice(0, 100)}-${text.slice(101)}"}`, 'bad_base64'],
    ['text after padding', `{"image":"${text.slice(0, 100)}QQ==${text.slice(100)}"}`, 'bad_base64'],
    ['too much padding', `{"image":"${text}===="}`, 'bad_base64'],
    ['a lone character at the end', `{"image":"${text}A"}`, 'bad_base64'],
    ['a data URL without base64', '{"image":"data:image/svg+xml,<svg/>"}', 'bad_base64'],
    ['a text that stops', `{"image":"${text.slice(0, 400)}`, 'truncated'],
    ['an object that stops', `{"image":"${text}"`, 'truncated'],
    ['an empty body', '', 'not_json'],
    [
      'something that is no image',
      `{"image":"${Buffer.from('<html>no image at all</html>').toString('base64')}"}`,
      'not_an_image',
    ],
    ['much beside the image', `{"note":"${'x'.repeat(70_000)}","image":"${text}"}`, 'too_large'],
  ])('refuses %s', (_name, body, reason, type) => {
    expect(reasonOf(body, type === undefined ? {} : { 'content-type': type })).toBe(reason);
  });

  it.each([
    '{"image":"https://images.test/1.png?sig=secret"}',
    '{"images":["http://images.test/1.png"]}',
    '{"data":[{"url":"https://images.test/1.png"}]}',
    '{"images":[{"url":"https://images.test/1.png","width":64}]}',
    '{"output":["https://images.test/1.png"]}',
    '{"url":"https://images.test/1.png"}',
    '"https://images.test/1.png"',
  ])('says that %s is the URL of an image, and does not show it', (body) => {
    expect(() => decode(body)).toThrow('The response has the URL of an image, not the image itself.');
  });

  it.each(['hello', 'https', 'data', 'http:/', 'h'])('takes no base64 that begins with %s for a URL', (beginning) => {
    expect(() => decode(`{"image":"${beginning}"}`, [12])).not.toThrow('URL');
  });

  it('refuses an image over the bound, and one that nobody asked to compress', () => {
    expect(reasonOf(`{"image":"${text}"}`, {}, 2999)).toBe('too_large');
    expect(reasonOf(`{"image":"${text}"}`, { 'content-encoding': 'gzip' })).toBe('not_json');
  });

  it.each<[string | Uint8Array, string]>([
    ['', 'The response is empty.'],
    [' \n', 'The response is empty.'],
    ['Hello', 'The response is not valid JSON. It begins: Hello'],
  ])('says what %j is instead', (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  it('names the character that is none of base64', () => {
    expect(() => decode(`{"image":"${text.slice(0, 8)}%${text.slice(9)}"}`)).toThrow('contains "%"');
  });
});

it('decodes a large piece in slices of at most 64 KB of text', () => {
  const lengths: number[] = [];
  const tools: ByteTools = {
    ...nodeBytes,
    decodeBase64: (source, start, end, target, offset) => {
      lengths.push(end - start);
      return nodeBytes.decodeBase64(source, start, end, target, offset);
    },
  };
  const body = encoder.encode(`{"image":"${base64Of(pngBytes({ length: 1_000_000 }))}"}`);
  const response = new ResponseBody({
    places: commonPlaces,
    tools,
    sink: new BufferSink(tools, 16),
    headers: {},
    maxImageBytes: 1e9,
  });
  response.push(body);
  response.end();
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
});

it.each([
  ['JSON', `{"image":"${text}"}`, {}],
  ['the image itself', image, { 'content-type': 'image/png' }],
])('sets memory aside once where the response says how long it is: %s', (_name, body, headers) => {
  const allocated: number[] = [];
  const tools: ByteTools = {
    ...portableBytes,
    allocate: (length) => {
      allocated.push(length);
      return portableBytes.allocate(length);
    },
  };
  const source = typeof body === 'string' ? encoder.encode(body) : body;
  const said = { ...headers, 'content-length': String(source.length) };
  const sink = new BufferSink(tools, expectedImageBytes(said, 1e9));
  const response = new ResponseBody({ places: commonPlaces, tools, sink, headers: said, maxImageBytes: 1e9 });
  response.push(source);
  response.end();
  expect(sink.bytes).toEqual(image);
  expect(allocated).toHaveLength(1);
  // No more than it takes, but for the few bytes beside the image.
  expect(allocated[0]).toBeLessThan(image.length + 20);
});

it('sets no more aside than an image may have, whatever the response says', () => {
  expect(expectedImageBytes({ 'content-length': '9007199254740991' }, 1000)).toBe(1000);
  expect(expectedImageBytes({ 'content-length': 'much' }, 1e9)).toBe(65_536);
});

/** The members around an image, as a reference encoder writes them; some hold an image of their own. */
const members = fc.dictionary(
  fc.string({ maxLength: 6 }).filter((key) => key !== 'image' && key !== 'error'),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({ image: fc.oneof(fc.string(), fc.constant(text)), deeper: fc.record({ image: fc.jsonValue() }) }),
    fc.array(fc.record({ image: fc.string() }), { maxLength: 2 }),
  ),
  { maxKeys: 3 },
);
const keys = ['"image"', String.raw`"\u0069mage"`, String.raw`"im\u0061g\u0065"`];

/** A JSON text of the same value, with some of its characters written as escapes. */
function escape(value: string, which: string): string {
  const hex = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  if (which === 'slashes') return value.replaceAll('/', '\\/');
  if (which === 'pluses') return value.replaceAll('+', hex);
  return which === 'some characters' ? value.replaceAll(/[aeiou:;,=]/g, hex) : value;
}

describe('any response in any pieces', () => {
  it('gives what JSON.parse and a strict base64 decoder give', () => {
    const documents = fc.record({
      before: members,
      after: members,
      length: fc.integer({ min: 33, max: 400 }),
      fill: fc.integer({ min: 1 }),
      indent: fc.constantFrom(0, 1, 2),
      key: fc.constantFrom(...keys),
      prefix: fc.constantFrom('', 'data:image/png;base64,', 'data:;base64,'),
      escaped: fc.constantFrom('nothing', 'slashes', 'pluses', 'some characters'),
      /** A member that comes twice: the later one counts, as for `JSON.parse`. */
      twice: fc.boolean(),
      padded: fc.boolean(),
      cuts: fc.array(fc.nat(2000), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(documents, ({ before, after, length, fill, indent, key, prefix, escaped, twice, padded, cuts }) => {
        const bytes = pngBytes({ length, seed: fill });
        const base64 = padded ? base64Of(bytes) : base64Of(bytes).replaceAll('=', '');
        const mark = '\u0001';
        const json = JSON.stringify({ ...before, image: mark, ...after }, undefined, indent).replace(
          `"image":${indent === 0 ? '' : ' '}"\\u0001"`,
          () => `${key} : "${escape(prefix + base64, escaped)}"${twice ? ',"twice":1,"twice":[2]' : ''}`,
        );
        const { content, bytes: decoded } = decode(json, cuts);
        const { image: sent, ...meta } = JSON.parse(json) as Record<string, unknown>;
        expect(decoded).toEqual(bytes);
        expect(prefix + base64Of(decoded).replaceAll('=', '')).toBe(String(sent).replaceAll('=', ''));
        expect(content).toEqual({ kind: 'image', head: expect.anything() as unknown, meta });
      }),
      { numRuns },
    );
  });

  it('throws nothing but its own error, whatever is damaged', () => {
    const damage = fc.record({
      at: fc.nat(5000),
      bytes: fc.uint8Array({ maxLength: 4 }),
      remove: fc.nat(4),
      cuts: fc.array(fc.nat(5000), { maxLength: 6 }),
    });
    const whole = encoder.encode(
      `{"seed":7,"image":"${base64Of(pngBytes({ length: 60 }))}","more":["a\\n",{"image":0}]}`,
    );
    fc.assert(
      fc.property(damage, ({ at, bytes, remove, cuts }) => {
        const place = at % whole.length;
        const body = new Uint8Array(Buffer.concat([whole.slice(0, place), bytes, whole.slice(place + remove)]));
        try {
          decode(body, cuts);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeProblem);
        }
      }),
      { numRuns },
    );
  });
});
