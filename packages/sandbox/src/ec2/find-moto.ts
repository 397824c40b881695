import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The path of moto's server: `MOTO_SERVER` when it names one, else `.tools/venv/bin/moto_server` of the repository that
 * the working directory is in, else `moto_server` in `PATH`.
 *
 * @returns undefined where there is none; `pip install 'moto[ec2,server]'` brings it
 */
export function findMoto(from: string = process.cwd()): string | undefined {
  const root = repositoryRoot(from);
  const candidates = [
    process.env['MOTO_SERVER'],
    root && join(root, '.tools/venv/bin/moto_server'),
    ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'moto_server')),
  ];
  return candidates.find((path) => path !== undefined && isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function repositoryRoot(folder: string): string | undefined {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryRoot(parent);
}
