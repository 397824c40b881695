import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import {
  bundleBanner,
  bundleDefine,
  bundleMainFields,
  bundlePlugins,
} from '../../../packages/operator/bundle.config.ts';
import { root } from '../paths.ts';

/**
 * Bundles the command into a folder, as the image has it: nothing is missing from it.
 *
 * @returns the path of the file that runs it
 */
export async function bundleCommand(
  folder: string,
  { commit, plugins = [] }: { readonly commit?: string | undefined; readonly plugins?: readonly Plugin[] } = {},
): Promise<string> {
  await build({
    absWorkingDir: join(root, 'packages/operator'),
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
    plugins: [...bundlePlugins, ...plugins],
  });
  return join(folder, 'cli.js');
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
