import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImageTree } from '../image/build-tree.ts';
import { chartFolder, deployPath, root } from '../paths.ts';
import { readProject } from '../project.ts';
import { runHelm } from '../render/helm-template.ts';
import { catalogTemplate, releasedVersions } from './catalog.ts';
import { releaseNotes } from './notes.ts';

/** Where users add the chart's repository from: GitHub's pages of the project. */
export function chartRepository(repository: string): string {
  const [, owner, name] = /github\.com\/([^/]+)\/([^/]+)$/.exec(repository) ?? [];
  return `https://${owner}.github.io/${name}`;
}

/**
 * Puts together what a release publishes, without publishing anything: `npm` (tarballs), `chart` (with its index),
 * `bundle`, `image` (what the image has beside its base), `bom.cdx.json` and `notes.md`. The packages must have been
 * built.
 *
 * @param index the index of the charts released before; absent: there are none
 */
export async function assembleRelease(target: string, helm: string, commit?: string, index?: string): Promise<void> {
  const project = readProject();
  const bom = await buildImageTree(join(target, 'image'), commit);
  copyFileSync(bom, join(target, 'bom.cdx.json'));

  // The operator's package has bundled what the image has.
  const notices = 'THIRD-PARTY-NOTICES.txt';
  copyFileSync(join(target, 'image/operator', notices), join(root, 'packages/operator/dist', notices));
  const npm = join(target, 'npm');
  mkdirSync(npm, { recursive: true });
  const names = readdirSync(join(root, 'packages'));
  for (const name of names)
    execFileSync('pnpm', ['pack', '--pack-destination', npm], { cwd: join(root, 'packages', name), stdio: 'pipe' });

  const chart = join(target, 'chart');
  runHelm(helm, ['package', deployPath(chartFolder), '--destination', chart]);
  const hasIndex = index !== undefined && existsSync(index);
  const before = hasIndex ? ['--merge', index] : [];
  runHelm(helm, ['repo', 'index', chart, '--url', chartRepository(project.repository), ...before]);

  for (const part of ['manifests', 'metadata', 'bundle.Dockerfile'])
    cpSync(deployPath(`olm/${part}`), join(target, 'bundle', part), { recursive: true });
  const versions = new Set([...(hasIndex ? releasedVersions(readFileSync(index, 'utf8')) : []), project.version]);
  writeFileSync(join(target, 'catalog.yaml'), catalogTemplate(project.image, [...versions]));

  writeFileSync(
    join(target, 'notes.md'),
    releaseNotes(
      project.version,
      // What most users run, before all else.
      ['operator', ...names].map((name) => readIfThere(join(root, 'packages', name, 'CHANGELOG.md'))),
    ),
  );
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
