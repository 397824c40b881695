import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** A program that ends with this process, however this process ends. */
export interface GuardedProcess {
  /** The exit code or the signal; undefined while it runs. */
  readonly ended: number | NodeJS.Signals | undefined;
  /** Sends a signal; a program that has ended is left alone. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it and resolves when it is gone. */
  kill(): Promise<void>;
}

// Waits for the pipe to this process to close, which the kernel does even after a SIGKILL, then ends the program.
const guardScript = 'read -r _; kill -KILL "$1"; if [ -n "$2" ]; then rm -rf -- "$2"; fi';

/**
 * Starts a program.
 *
 * @param logFile receives its standard output and error
 * @param folder removed should this process die without stopping the program
 */
export function spawnGuarded(
  program: string,
  programArguments: readonly string[],
  logFile: string,
  folder = '',
): GuardedProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(program, programArguments, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  if (child.pid !== undefined) {
    const guard = spawn('sh', ['-c', guardScript, 'guard', String(child.pid), folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    guard.unref();
    child.once('exit', () => guard.kill('SIGKILL'));
  }
  // A program that cannot be started has no pid; the state below says so.
  let failed = false;
  child.once('error', () => {
    failed = true;
  });
  const ended = (): number | NodeJS.Signals | undefined =>
    child.exitCode ?? child.signalCode ?? (failed ? 127 : undefined);
  return {
    get ended() {
      return ended();
    },
    signal: (signal) => void (ended() === undefined && child.kill(signal)),
    async kill() {
      if (ended() !== undefined) return;
      const exited = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
