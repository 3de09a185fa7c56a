// Renders the icon of every thing in scenes/things.txt to a square of RGBA bytes, cropped to what is drawn and centered.
// `npm --prefix training ci && npm --prefix training run icons` leaves .work/icons/icons.rgba.gz and icons.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import icons from '@iconify-json/noto/icons.json' with { type: 'json' };
import sharp from 'sharp';

const SIDE = 144;
const MARGIN = 2;
const NOTHING = { r: 0, g: 0, b: 0, alpha: 0 };
const here = (path) => new URL(path, import.meta.url);

const names = readFileSync(here('scenes/things.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.trim() && !/^[#[]/.test(line))
  .map((line) => line.split('|')[0].trim());

async function render(name) {
  const { body, width = icons.width ?? 128, height = icons.height ?? 128, left = 0, top = 0 } = icons.icons[name];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
  const large = await sharp(Buffer.from(svg), { density: (72 * 288) / width }).png().toBuffer();
  const trimmed = await sharp(large).ensureAlpha().trim({ background: NOTHING, threshold: 1 }).toBuffer();
  return sharp(trimmed)
    .resize(SIDE - 2 * MARGIN, SIDE - 2 * MARGIN, { fit: 'contain', background: NOTHING })
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: NOTHING })
    .raw()
    .toBuffer();
}

const rendered = [];
for (const name of names) rendered.push(await render(name));
mkdirSync(here('.work/icons/'), { recursive: true });
writeFileSync(here('.work/icons/icons.rgba.gz'), gzipSync(Buffer.concat(rendered)));
writeFileSync(here('.work/icons/icons.json'), JSON.stringify(names));
console.log(`${names.length} icons of ${SIDE}x${SIDE} in training/.work/icons`);
