import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders of the system that Node itself needs. */
const systemFolders = ['/lib', '/lib64', '/usr/lib', '/proc', '/dev'].filter((folder) => existsSync(folder));

/** Why an image's tree cannot be run here; undefined where it can. */
export function cannotRunImages(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no mount namespaces can be made here: run the suite as root on Linux';
  }
}

/**
 * Makes a folder that a container's root would look like: the tree as it is in the image, and Node where the base image
 * has it.
 *
 * @returns starts a command in it, as the image's user, with nothing that it could write to
 */
export function prepareRoot(
  tree: string,
  folder: string,
): (command: readonly string[], environment?: NodeJS.ProcessEnv, mounts?: readonly string[]) => ChildProcess {
  cpSync(tree, folder, { recursive: true, verbatimSymlinks: true });
  const node = join(folder, 'nodejs/bin/node');
  mkdirSync(dirname(node), { recursive: true });
  cpSync(realpathSync(process.execPath), node);
  for (const path of systemFolders) mkdirSync(join(folder, path), { recursive: true });
  return (command, environment = {}, mounts = []) => {
    for (const path of mounts) mkdirSync(join(folder, path), { recursive: true });
    const binds = [...systemFolders, ...mounts].map((path) => `mount --rbind ${path} ${folder}${path}`);
    const script = [
      `mount --rbind ${folder} ${folder}`,
      ...binds,
      `mount -o remount,bind,ro ${folder}`,
      `exec chroot --userspec=65532:65532 ${folder} "$@"`,
    ].join(' && ');
    return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
}
