interface FileName {
  /** As the user wrote it, with or without an extension. */
  readonly name: string;
  /** What the bytes are, without a dot. */
  readonly extension: string;
  /** Which of several images of one item it is, from 1; left out where there is only one. */
  readonly number?: number;
}

const imageExtension = /\.(png|jpe?g|webp|gif|avif)$/i;
// What no file system or mail program should find in a name.
const unsafe = /[\\/:*?"<>|\p{Cc}]+/gu;

/** A name whose extension tells the truth about the bytes. */
export function fileNameOf({ name, extension, number }: FileName): string {
  const stem = name.trim().replace(imageExtension, '').replace(unsafe, '-') || 'image';
  return `${stem}${number === undefined ? '' : `-${number}`}.${extension}`;
}
