/** Resolves when a signal is aborted. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return signal.aborted
    ? Promise.resolve(undefined)
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

/** Resolves when some work is done or a signal is aborted. */
export function raceAbort(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return Promise.race([work, aborted(signal)]);
}
