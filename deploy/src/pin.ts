// Names an image by its digest in all files of a folder: node deploy/src/pin.ts FOLDER IMAGE:TAG IMAGE@DIGEST
import { pinImage } from './release/pin-image.ts';

const [folder, image, pinned] = process.argv.slice(2);
if (folder === undefined || image === undefined || pinned === undefined)
  throw new Error('usage: node deploy/src/pin.ts FOLDER IMAGE:TAG IMAGE@DIGEST');
pinImage(folder, image, pinned);
