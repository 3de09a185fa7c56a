import { crc32 } from 'node:zlib';
import { assert, constantFrom, property, uint8Array } from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { markImage, readDigitalSource } from './mark-image.ts';

const aiMade = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const pixels = Uint8Array.from({ length: 40 * 24 * 4 }, (_, index) => (index * 7) % 256);
const drawing = (channels: 3 | 4 = 3): Sharp => sharp(pixels, { raw: { width: 40, height: 24, channels } });
/** Another program's metadata, of an image with a name of its own. */
const otherXmp = (inside = '<dc:creator>Ada</dc:creator>'): string =>
  `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">${inside}</r:Description></r:RDF></x:xmpmeta><?xpacket end="w"?>`;
const files: readonly (readonly [string, () => Sharp])[] = [
  ['a PNG', () => drawing().png()],
  ['a PNG with transparency', () => drawing(4).png()],
  ['an interlaced PNG', () => drawing().png({ progressive: true, palette: true })],
  ['a JPEG', () => drawing().jpeg()],
  ['a progressive JPEG', () => drawing().jpeg({ progressive: true })],
  ['a lossy WebP', () => drawing().webp()],
  ['a lossless WebP', () => drawing().webp({ lossless: true })],
  ['a lossless WebP with transparency', () => drawing(4).webp({ lossless: true })],
  ['a lossy WebP with transparency', () => drawing(4).webp()],
];

/** As the XMP specification wants it in a PNG, unlike sharp. */
async function withXmp(encoder: Sharp, xmp: string): Promise<Buffer> {
  const file = await encoder.toBuffer();
  if (file[0] !== 0x89) return encoder.withXmp(xmp).toBuffer();
  const chunk = Buffer.from(`0000iTXtXML:com.adobe.xmp\0\0\0\0\0${xmp}0000`);
  chunk.writeUInt32BE(chunk.length - 12);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return Buffer.concat([file.subarray(0, 33), chunk, file.subarray(33)]);
}

async function pixelsOf(file: Uint8Array): Promise<Buffer> {
  return sharp(file, { failOn: 'warning' }).raw().toBuffer();
}

describe.each(files)('%s', (_name, encode) => {
  it('is marked as made by AI without a change to its pixels', async () => {
    const file = await encode().toBuffer();
    const marked = markImage(file);
    expect(readDigitalSource(file)).toBeUndefined();
    expect(readDigitalSource(marked)).toBe(aiMade);
    const { xmp, size: _size, ...facts } = await sharp(marked).metadata();
    expect(xmp?.toString()).toContain(`DigitalSourceType="${aiMade}"`);
    const { size: _before, ...original } = await sharp(file).metadata();
    expect(facts).toEqual({ ...original, ...('xmpAsString' in facts ? { xmpAsString: facts.xmpAsString } : {}) });
    expect(await pixelsOf(marked)).toEqual(await pixelsOf(file));
  });

  it('is not marked twice', async () => {
    const marked = markImage(await encode().toBuffer());
    expect(markImage(marked)).toBe(marked);
  });

  it('keeps its other metadata', async () => {
    const exif = { IFD0: { Software: 'tintype', ImageDescription: 'größer 🦊' } };
    const file = await withXmp(encode().withExif(exif).withIccProfile('p3'), otherXmp());
    const [before, after] = [await sharp(file).metadata(), await sharp(markImage(file)).metadata()];
    expect(after.exif).toEqual(before.exif);
    expect(after.icc).toEqual(before.icc);
    const xmp = after.xmp?.toString() ?? '';
    expect(xmp).toMatch(
      /<dc:creator>Ada<\/dc:creator>.*rdf:about="uuid:1" Iptc4xmpExt:DigitalSourceType="http.*<\/r:RDF>/s,
    );
  });

  it('that states another source is left as it is', async () => {
    const other = 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture';
    for (const inside of [
      `<Iptc4xmpExt:DigitalSourceType>\n${other}\n</Iptc4xmpExt:DigitalSourceType>`,
      `<Iptc4xmpExt:DigitalSourceType r:resource="${other}"/>`,
      `<r:Description Iptc4xmpExt:DigitalSourceType='${other}'/>`,
    ]) {
      const file = await withXmp(encode(), otherXmp(inside));
      expect(readDigitalSource(file)).toBe(other);
      expect(markImage(file)).toBe(file);
    }
  });

  it('that is cut short keeps all it has', async () => {
    const file = await encode().toBuffer();
    for (let length = 0; length < file.length; length += 5) {
      const part = file.subarray(0, length);
      const marked = markImage(part);
      if (marked !== part) expect(marked.length).toBeGreaterThan(length);
    }
  });
});

describe('markImage', () => {
  it('leaves what a C2PA signature covers, since any change would break it', async () => {
    const insert = (file: Uint8Array, at: number, added: readonly number[]): Uint8Array =>
      Uint8Array.from([...file.subarray(0, at), ...added, ...file.subarray(at)]);
    const letters = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];
    const signedPng = insert(await drawing().png().toBuffer(), 33, [...letters('\0\0\0\x01caBXx'), 0, 0, 0, 0]);
    const signedJpeg = insert(await drawing().jpeg().toBuffer(), 2, [0xff, 0xeb, 0, 4, ...letters('JP')]);
    const plainWebp = await drawing(4).webp().toBuffer();
    const signedWebp = insert(plainWebp, plainWebp.length, letters('C2PA\x02\0\0\0xx'));
    new DataView(signedWebp.buffer).setUint32(4, signedWebp.length - 8, true);
    for (const file of [signedPng, signedJpeg, signedWebp]) expect(markImage(file)).toBe(file);
  });

  it('adds its own XMP beside a compressed packet in a PNG, which is not where XMP belongs', async () => {
    const file = await drawing().withXmp(otherXmp()).png().toBuffer();
    const marked = markImage(file);
    expect(readDigitalSource(marked)).toBe(aiMade);
    expect(marked.length).toBeGreaterThan(file.length);
    expect(Buffer.from(marked).includes('zTXtXML:com.adobe.xmp')).toBe(true);
  });

  it('leaves other formats and bytes that are no image as they are', async () => {
    for (const file of [
      await drawing().gif().toBuffer(),
      await drawing().avif().toBuffer(),
      Buffer.from('<svg/>'),
      Buffer.alloc(0),
    ]) {
      expect(markImage(file)).toBe(file);
      expect(readDigitalSource(file)).toBeUndefined();
    }
  });

  it('leaves XMP that is not UTF-8, or has no end, as it is', async () => {
    for (const packet of [Buffer.from(otherXmp(), 'utf16le'), Buffer.from('<x:xmpmeta>'), Buffer.from([0xff, 0xfe])]) {
      const jpeg = await drawing().jpeg().toBuffer();
      const content = Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), packet]);
      const head = Buffer.from([0xff, 0xe1, 0, 0]);
      head.writeUInt16BE(content.length + 2, 2);
      const file = Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
      expect(markImage(file)).toBe(file);
    }
  });

  it('never throws, and never makes a file shorter, whatever follows a signature', () => {
    const signatures = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe1', 'RIFF\x40\0\0\0WEBPVP8X', 'RIFF\x40\0\0\0WEBPXMP '];
    assert(
      property(constantFrom(...signatures), uint8Array({ maxLength: 200 }), (signature, rest) => {
        const file = Buffer.concat([Buffer.from(signature, 'latin1'), rest]);
        expect(markImage(file).length).toBeGreaterThanOrEqual(file.length);
      }),
    );
  });

  it('reads a hostile packet in a time that grows with its length', async () => {
    const packet = otherXmp(':DigitalSourceType '.repeat(200_000));
    const file = await drawing().webp().withXmp(packet).toBuffer();
    expect(readDigitalSource(file)).toBeUndefined();
  });
});
