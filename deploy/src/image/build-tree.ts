import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { root } from '../paths.ts';
import { readProject } from '../project.ts';
import { removeMadeUpModules } from './bill-of-materials.ts';
import { bundleCommand } from './bundle-command.ts';
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
  const folder = join(target, 'operator');
  const bom = join(folder, 'bom.cdx.json');
  mkdirSync(folder, { recursive: true });
  const billOfMaterials = cyclonedxEsbuildPlugin({
    outputFile: bom,
    specVersion: '1.6',
    outputReproducible: true,
    gatherLicenseTexts: true,
    logLevel: 'warning',
  });
  const command = await bundleCommand(folder, { commit, plugins: [billOfMaterials] });
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
