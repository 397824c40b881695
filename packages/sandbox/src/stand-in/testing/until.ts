import { setTimeout as wait } from 'node:timers/promises';

/**
 * Polls a real server until a check passes.
 *
 * @throws what the check threw last, after 10 s
 */
export async function until(check: () => Promise<void>): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(50);
    }
  }
}
