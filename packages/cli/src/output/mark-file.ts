import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { markImage, type SavedImage } from '@tintype/core';

/** Marks a saved image as made by AI. It replaces the file as a whole; if it cannot, the image stays and has a warning. */
export async function markFile(image: SavedImage): Promise<SavedImage> {
  const { path, warnings } = image;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const bytes = await readFile(path);
    const marked = markImage(bytes);
    if (marked === bytes) return image;
    await writeFile(temporary, marked, { flag: 'wx' });
    await rename(temporary, path);
    return { ...image, byteLength: marked.length };
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    return { ...image, warnings: [...warnings, `The image could not be marked as made by AI: ${reason}.`] };
  }
}
