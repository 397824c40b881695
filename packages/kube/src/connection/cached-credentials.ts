import type { Clock } from '../clock/clock.ts';
import type { Connection, Credentials } from './connection.ts';

/**
 * Loads credentials once and keeps them for so many milliseconds. Concurrent callers share one load; one that fails is
 * not kept. `load` is told when the server did not accept the credentials before.
 *
 * @param minimum milliseconds for which they are kept in any case: a server that goes on refusing must not make every
 *   request read files or start an exec plug-in
 */
export function cachedCredentials(
  clock: Clock,
  milliseconds: number,
  load: (refused: boolean) => Promise<Credentials>,
  minimum = 5_000,
): Required<Pick<Connection, 'credentials' | 'invalidate'>> {
  let current: Promise<Credentials> | undefined;
  let loadedAt = -Infinity;
  let isLoading = false;
  let refused = false;
  return {
    credentials() {
      const age = clock.monotonic() - loadedAt;
      // One that hangs is not begun a second time.
      if (current && (isLoading || age < (refused ? minimum : milliseconds))) return current;
      isLoading = true;
      const loading = load(refused)
        .catch((error: unknown) => {
          if (current === loading) current = undefined;
          throw error;
        })
        .finally(() => (isLoading = false));
      refused = false;
      loadedAt = clock.monotonic();
      current = loading;
      return loading;
    },
    invalidate() {
      refused = true;
    },
  };
}
