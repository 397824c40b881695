/**
 * Waits for a promise until the signal is aborted, then rejects with the signal's
 * reason. The work goes on: others may wait for it too.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    signal.throwIfAborted();
  }
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    // The reason is the caller's and is passed on as it is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** A signal that is aborted when all of some are: as long as one wants the work, it goes on. */
export function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const open = new Set(signals.filter((signal) => !signal.aborted));
  const [only] = open;
  if (only !== undefined && open.size === 1) return only;
  const all = new AbortController();
  if (open.size === 0) all.abort();
  for (const signal of open) {
    const onAbort = (): void => {
      open.delete(signal);
      if (open.size === 0) all.abort();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  }
  return all.signal;
}
