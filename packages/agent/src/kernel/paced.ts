import type { Clock } from '@egressip-ipam/kube';

/**
 * Calls back at once, and then as often as it is called for, but never sooner than a pause after the last time: what
 * others do to the node again and again, or to other interfaces of it, is no reason to look a hundred times a second.
 */
export function paced(call: () => unknown, pause: number, clock: Pick<Clock, 'monotonic' | 'setTimeout'>): () => void {
  let last = -Infinity;
  let isWaiting = false;
  const now = (): void => {
    isWaiting = false;
    last = clock.monotonic();
    call();
  };
  return () => {
    if (isWaiting) return;
    const rest = last + pause - clock.monotonic();
    if (rest <= 0) return now();
    isWaiting = true;
    clock.setTimeout(now, rest);
  };
}
