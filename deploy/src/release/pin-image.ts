import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names an image by its digest wherever the files of a folder name it by its tag: what is pulled then is what was
 * released and signed, whatever becomes of the tag.
 *
 * @param image such as `REGISTRY/NAME:TAG`
 * @param pinned such as `REGISTRY/NAME@sha256:…`
 * @throws Error when no file names the image
 */
export function pinImage(folder: string, image: string, pinned: string): void {
  if (!/^[^@]+@sha256:[0-9a-f]{64}$/.test(pinned)) throw new Error(`"${pinned}" names no image by its digest`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const naming = files.filter((file) => readFileSync(file, 'utf8').includes(image));
  if (naming.length === 0) throw new Error(`nothing in ${folder} names ${image}`);
  for (const file of naming) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(image, pinned));
}
