// Puts a release together, and publishes nothing: node deploy/src/release.ts FOLDER [COMMIT] [INDEX]
import { assembleRelease } from './release/assemble.ts';
import { findTool } from './toolbox/find-tool.ts';

const [target, commit, index] = process.argv.slice(2);
const helm = findTool('helm4');
if (target === undefined) throw new Error('usage: node deploy/src/release.ts FOLDER [COMMIT] [INDEX]');
if (helm === undefined) throw new Error('Helm is not here: node deploy/src/toolbox/install.ts helm4');
await assembleRelease(target, helm, commit === '' ? undefined : commit, index);
