// Sets the version everywhere: node deploy/src/version.ts [VERSION]; without one, that of the packages, after
// `changeset version`.
// node deploy/src/version.ts --check TAG fails when anything differs from the tag vVERSION, or changesets wait that its
// notes would not have.
import { spawnSync } from 'node:child_process';
import { root } from './paths.ts';
import { readProject } from './project.ts';
import { differingPlaces, versionPlaces } from './version/places.ts';
import { waitingChanges, whyChangesWait } from './version/waiting-changes.ts';

const [first, tag = ''] = process.argv.slice(2);
if (first === '--check') {
  const differing = differingPlaces(tag.replace(/^v/, '')).map((place) => `${place}, and the tag is ${tag}`);
  const faults = [...differing, ...whyChangesWait(waitingChanges())];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} else {
  const version = first ?? readProject().version;
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`"${version}" is no version such as 1.2.3`);
  for (const place of versionPlaces()) place.write(version);
  process.exitCode = spawnSync(process.execPath, ['deploy/src/render.ts'], { cwd: root, stdio: 'inherit' }).status ?? 1;
}
