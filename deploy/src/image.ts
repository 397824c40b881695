// Builds what the image has beside its base: node deploy/src/image.ts FOLDER [COMMIT]
import { buildImageTree } from './image/build-tree.ts';

const [target, commit] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: node deploy/src/image.ts FOLDER [COMMIT]');
await buildImageTree(target, commit === '' ? undefined : commit);
