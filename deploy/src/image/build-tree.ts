import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { build } from 'esbuild';
import {
  bundleBanner,
  bundleDefine,
  bundleMainFields,
  bundlePlugins,
} from '../../../packages/operator/bundle.config.ts';
import { root } from '../paths.ts';
import { readProject } from '../project.ts';
import { removeMadeUpModules } from './bill-of-materials.ts';
import { renderNotices } from './notices.ts';

/** Where Node is in the base image: it has no `env` for the first line of a script. */
const interpreter = '#!/nodejs/bin/node';

/**
 * Builds all that the image has beside its base: the command as one bundle, which nothing is missing from, in
 * `/operator`, `egressip-ipam` on the PATH, the licences of what is bundled, and the bill of materials.
 *
 * @param target the folder that becomes `/`
 * @param commit what `--version` tells beside the version; absent: nothing
 * @returns the path of the bill of materials
 */
export async function buildImageTree(target: string, commit?: string): Promise<string> {
  const operator = join(root, 'packages/operator');
  const folder = join(target, 'operator');
  const bom = join(folder, 'bom.cdx.json');
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: operator,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // Our packages from their sources, so that no build has to be there, or be older than they are.
    alias: sourcesOfPackages(),
    mainFields: [...bundleMainFields],
    define: bundleDefine(commit),
    banner: { js: bundleBanner },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      ...bundlePlugins,
      cyclonedxEsbuildPlugin({
        outputFile: bom,
        specVersion: '1.6',
        outputReproducible: true,
        gatherLicenseTexts: true,
        logLevel: 'warning',
      }),
    ],
  });
  const command = join(folder, 'cli.js');
  writeFileSync(command, readFileSync(command, 'utf8').replace(/^#!.*/, interpreter));
  chmodSync(command, 0o755);
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: '@egressip-ipam/operator', version: readProject().version, type: 'module', private: true })}\n`,
  );
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), renderNotices(removeMadeUpModules(bom)));
  const link = join(target, 'usr/local/bin/egressip-ipam');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync('/operator/cli.js', link);
  return bom;
}

/** The source of everything that our packages export, by the name that imports it. */
function sourcesOfPackages(): Record<string, string> {
  const entries = readdirSync(join(root, 'packages')).flatMap((folder) => {
    const { name, exports } = JSON.parse(
      readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
    ) as PackageManifest;
    return Object.entries(exports).flatMap(([path, target]): [string, string][] => {
      if (typeof target === 'string') return [];
      const source = join(root, 'packages', folder, 'src', basename(target.default, '.js'));
      return [[join(name, path), existsSync(source) ? join(source, 'index.ts') : `${source}.ts`]];
    });
  });
  // What lies below a package stands before it: a name counts for all below it.
  return Object.fromEntries(entries.sort(([a], [b]) => b.length - a.length));
}

interface PackageManifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}
