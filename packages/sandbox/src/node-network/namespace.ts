import { execFile, spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';

/** A network namespace of its own, which goes away with this process, however this process ends. */
export interface Namespace {
  /**
   * Runs a command inside and resolves with its standard output.
   *
   * @throws Error that names the command and what it said
   */
  run(command: string, commandArguments: readonly string[], input?: string): Promise<string>;
  /** Starts a program inside; it is killed with this process. */
  spawn(command: string, commandArguments: readonly string[], options?: SpawnOptions): ChildProcess;
  /** The process that keeps the namespace: `ip link set … netns` takes its number. */
  readonly pid: number;
  /** Kills every process inside, and only those, with SIGKILL; the namespace stays. */
  killProcesses(): void;
  close(): void;
}

const programs = ['ip', 'nft', 'tcpdump', 'nsenter', 'unshare', 'setpriv'];

/** Why no network of namespaces can be made here, in one line; undefined when it can. */
export function nodeNetworkUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) return `network namespaces need ${missing.join(', ')}`;
  return spawnSync('unshare', ['--net', 'true']).status === 0
    ? undefined
    : 'this kernel or container allows no network namespaces';
}

// The program that holds a namespace open: it ends when its standard input is closed, which the kernel does in any
// case.
const holderScript = 'ip link set lo up; echo ready; exec cat >/dev/null';
const withParent = ['--pdeathsig', 'KILL'];

/** Makes a namespace with a loopback device that is up. @throws Error where that is not allowed */
export async function openNamespace(): Promise<Namespace> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', holderScript], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { pid, stdout, stdin } = holder;
  const ready = Promise.race([
    once(stdout, 'data'),
    once(holder, 'exit').then(() => Promise.reject(new Error('unshare --net failed'))),
  ]);
  await ready;
  if (pid === undefined) throw new Error('unshare could not be started');
  const enter = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
  return {
    pid,
    run: (command, commandArguments, input) => run([...enter, command, ...commandArguments], input),
    spawn: (command, commandArguments, options = {}) =>
      spawn('setpriv', [...withParent, ...enter, command, ...commandArguments], options),
    killProcesses: () => killProcesses(pid),
    close: () => {
      killProcesses(pid);
      stdin.end();
      holder.kill('SIGKILL');
    },
  };
}

function run([program = '', ...programArguments]: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      programArguments,
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${programArguments.slice(2).join(' ')}: ${stderr.trim() || error.message}`));
      },
    );
    // A program that reads nothing closes its input before we have written.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function killProcesses(holder: number): void {
  const namespace = readLink(`/proc/${holder}/ns/net`);
  if (namespace === undefined) return;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === holder || readLink(`/proc/${pid}/ns/net`) !== namespace) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
