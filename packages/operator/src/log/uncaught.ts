import { fileURLToPath } from 'node:url';
import type { Log } from './log.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Where this program's own code is, but for what is installed in it. */
const ownRoot = fileURLToPath(new URL(import.meta.url.includes('/src/log/') ? '../..' : '..', import.meta.url));
const tellAgainAfter = 60_000;
/** Characters. */
const [longestStack, longestReason] = [20_000, 1_000];

/** What {@link containUncaught} works with. */
export interface UncaughtOptions {
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** Called for each error of a plug-in's that was left to itself. */
  readonly onForeign: () => void;
  /** Ends this process: its own code is not where it thinks that it is, and a new one reads all from the cluster. */
  readonly end: () => void;
}

/**
 * Takes what nobody caught. A plug-in's timer that throws, or a promise of it that is rejected with nobody waiting, is
 * said, once a minute, and harms nothing else. An error of our own ends the process, in one line; its stack is told at
 * `debug`. A process that a plug-in ends says so.
 *
 * @returns takes the listeners away
 */
export function containUncaught(options: UncaughtOptions): () => void {
  const told = new Map<string, number>();
  let endsItself = false;
  const onExit = (code: number): void => {
    if (!endsItself) options.log.error('a plug-in, or a package that it uses, ended this process', { code });
  };
  const listener = (error: unknown): void => {
    const reason = reasonOf(error).slice(0, longestReason);
    const { log } = options;
    if (isOwn(error)) {
      log.error('a defect of the operator ends it; whoever starts it again loses nothing', { reason });
      tellStack(log, error);
      endsItself = true;
      return options.end();
    }
    options.onForeign();
    const now = options.monotonic();
    if (now - (told.get(reason) ?? -Infinity) < tellAgainAfter) return;
    if (told.size > 100) told.clear();
    told.set(reason, now);
    log.error('a plug-in threw where nobody waits for it; its calls go on', { reason });
    tellStack(log, error);
  };
  process.on('uncaughtException', listener).on('unhandledRejection', listener).on('exit', onExit);
  return () => void process.off('uncaughtException', listener).off('unhandledRejection', listener).off('exit', onExit);
}

/** Tells where an error comes from, to those who asked for it. */
export function tellStack(log: Log, error: unknown): void {
  const stack = stackOf(error);
  if (stack === undefined) return;
  const frames = stack.split('\n').slice(1, 20);
  log.debug('it comes from', { stack: frames.map((line) => line.trim()) });
}

/** Whether the code that threw is ours: the first frame with a file tells, whoever called it. */
export function isOwn(error: unknown, root = ownRoot): boolean {
  const [, file] = /(?:at |\()((?:file:\/\/|\/)[^\n()]*?):\d+:\d+/.exec(stackOf(error) ?? '') ?? [];
  const path = file === undefined ? undefined : pathOf(file);
  return path?.startsWith(root) === true && !path.slice(root.length).includes('node_modules/');
}

/** The stack of an error, as far as anybody reads; a plug-in's may be whatever it says. */
function stackOf(error: unknown): string | undefined {
  try {
    const stack = error instanceof Error ? error.stack : undefined;
    return typeof stack === 'string' ? stack.slice(0, longestStack) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for the address of a file on another host, and for what is none. */
function pathOf(file: string): string | undefined {
  try {
    return file.startsWith('file://') ? fileURLToPath(file) : file;
  } catch {
    return undefined;
  }
}
