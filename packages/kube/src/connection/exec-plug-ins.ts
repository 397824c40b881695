import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../clock/clock.ts';

/** Milliseconds after which a plug-in that has not answered is ended. */
const longestRun = 60_000;
/** Characters of output after which one is ended: a credential is a few thousand. */
const mostOutput = 1_000_000;

/** The exec plug-ins of a kubeconfig that run now. None of them outlives this process, or keeps it from ending. */
export class ExecPlugIns {
  readonly #clock: Clock;
  readonly #running = new Set<ChildProcess>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts one, as `child_process.spawn` does. */
  readonly start = (command: string, parameters: readonly string[] = [], options: object = {}): ChildProcess => {
    const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = this.#clock.setTimeout(() => giveUp(child, 'SIGKILL'), longestRun);
    const forget = (): void => {
      timer.cancel();
      this.#running.delete(child);
    };
    this.#running.add(child);
    limitOutput(child);
    child.once('error', forget).once('close', forget);
    return child;
  };

  /** Ends all of them. */
  close(): void {
    for (const child of this.#running) giveUp(child, 'SIGTERM');
  }
}

// Who reads it keeps all of it, until that is more than one text can have.
function limitOutput(child: ChildProcess): void {
  let length = 0;
  const count = (chunk: Buffer | string): void => {
    length += chunk.length;
    if (length <= mostOutput || child.killed) return;
    giveUp(child, 'SIGKILL');
    child.emit('error', new Error(`the exec plug-in was ended, as it said more than ${mostOutput} characters`));
  };
  child.stdout?.on('data', count);
  child.stderr?.on('data', count);
}

// What a plug-in has started itself may hold its pipes open for as long as that lives.
function giveUp(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
