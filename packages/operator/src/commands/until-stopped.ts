import type { Log } from '../log/log.ts';
import type { CommandContext } from './context.ts';

/** The flags that every command has that goes on until it is told to stop. */
export interface LogFlags {
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
}

/** Runs what goes on until a signal tells it to stop, with a log that begins with what was started and how. */
export async function untilStopped<Result>(
  { terminal }: CommandContext,
  flags: LogFlags,
  run: (log: Log, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const [{ createLog }, { buildInfo }] = await Promise.all([
    import('../log/log.ts'),
    import('../output/build-info.ts'),
  ]);
  const log = createLog((line) => terminal.error(line), {
    format: flags.logFormat,
    level: flags.logLevel,
    now: () => Date.now(),
  });
  log.info('starting', { ...buildInfo, node: process.version, flags });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info('stopping', { signal });
    stop.abort();
  };
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
  try {
    return await run(log, stop.signal);
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}
