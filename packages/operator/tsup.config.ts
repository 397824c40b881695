import { execFileSync } from 'node:child_process';
import { defineConfig } from 'tsup';
import { bundleBanner, bundleDefine, bundleMainFields, bundlePlugins } from './bundle.config.ts';

export default defineConfig({
  // Nothing is left to be installed beside it, and it starts fast: what the commands on files use is in one file; what
  // is imported on use (clusters, clouds) stays in others. Of the Kubernetes library only what reads kubeconfigs is
  // taken along: loaded whole it takes 90 MiB of memory.
  entry: { cli: 'src/cli.ts', index: 'src/index.ts' },
  format: ['esm'],
  target: 'node22',
  dts: { entry: { index: 'src/index.ts' } },
  clean: true,
  minify: true,
  removeNodeProtocol: false,
  splitting: true,
  noExternal: [/.*/],
  esbuildPlugins: [...bundlePlugins],
  esbuildOptions: (options) => {
    options.mainFields = [...bundleMainFields];
    options.legalComments = 'none';
  },
  banner: { js: bundleBanner },
  define: bundleDefine(process.env['EGRESSIP_IPAM_COMMIT'] ?? commitOfCheckout()),
});

/** The commit that is built, and whether files differ from it; undefined where Git knows of none. */
function commitOfCheckout(): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '-dirty'}`;
  } catch {
    return undefined;
  }
}
