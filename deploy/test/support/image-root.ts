import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders of the system that Node itself needs. */
const systemFolders = ['/lib', '/lib64', '/usr/lib', '/proc', '/dev'].filter((folder) => existsSync(folder));

/** And where the programs are that the agent's image has beside Node. */
const programFolders = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/etc/alternatives'].filter((folder) =>
  existsSync(folder),
);

/** Why an image's tree cannot be run here; undefined where it can. */
export function cannotRunImages(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no mount namespaces can be made here: run the suite as root on Linux';
  }
}

/** Why the agent's cannot: it needs the programs that its image installs. */
export function cannotRunAgents(): string | undefined {
  const missing = ['ip', 'nft', 'busybox', 'setpriv'].filter(
    (program) => !programFolders.some((folder) => existsSync(join(folder, program))),
  );
  return cannotRunImages() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);
}

/** How a command is started in an image's root. */
export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Folders of the machine that it sees, too. */
  readonly mounts?: readonly string[];
  /** As the agent's DaemonSet has it: root on a network, here one of its own, with these capabilities alone. */
  readonly capabilities?: readonly ('net_admin' | 'net_raw')[];
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
): (command: readonly string[], options?: StartOptions) => ChildProcess {
  cpSync(tree, folder, { recursive: true, verbatimSymlinks: true });
  const node = join(folder, 'nodejs/bin/node');
  mkdirSync(dirname(node), { recursive: true });
  cpSync(realpathSync(process.execPath), node);
  return (command, { environment = {}, mounts = [], capabilities } = {}) => {
    const isAgent = capabilities !== undefined;
    const folders = [...systemFolders, ...(isAgent ? programFolders : []), ...mounts];
    for (const path of [...folders, stateFolder]) mkdirSync(join(folder, path), { recursive: true });
    const script = [
      `mount --rbind ${folder} ${folder}`,
      ...folders.map((path) => `mount --rbind ${path} ${folder}${path}`),
      ...(isAgent ? ['ip link set lo up', `mount -t tmpfs none ${folder}${stateFolder}`] : []),
      `mount -o remount,bind,ro ${folder}`,
      isAgent
        ? `exec chroot ${folder} setpriv --no-new-privs --inh-caps=-all --bounding-set=${['-all', ...capabilities.map((name) => `+${name}`)].join(',')} "$@"`
        : `exec chroot --userspec=65532:65532 ${folder} "$@"`,
    ].join(' && ');
    return spawn('unshare', ['--mount', ...(isAgent ? ['--net'] : []), 'sh', '-c', script, 'sh', ...command], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
}

/** Where an agent keeps what its next life must know; in a pod the node's own folder. */
const stateFolder = '/run/egressip-ipam';
