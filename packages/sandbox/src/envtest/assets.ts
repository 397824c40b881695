import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The folder that holds `kube-apiserver` and `etcd`: `KUBEBUILDER_ASSETS` when it names one, else `../shared/envtest`
 * beside the repository that the working directory is in.
 *
 * @returns undefined where there is none; see the repository's `tools/envtest` for how to get the two programs
 */
export function findEnvtestAssets(from: string = process.cwd()): string | undefined {
  const root = repositoryRoot(from);
  const candidates = [process.env['KUBEBUILDER_ASSETS'], root && resolve(root, '../shared/envtest')];
  return candidates.find(
    (folder) =>
      folder !== undefined && ['kube-apiserver', 'etcd'].every((program) => existsSync(join(folder, program))),
  );
}

function repositoryRoot(folder: string): string | undefined {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryRoot(parent);
}
