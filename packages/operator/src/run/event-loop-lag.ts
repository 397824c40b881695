import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Log } from '../log/log.ts';

const period = 10_000;
const worthTelling = 1_000;

/**
 * Says, every ten seconds at most, for how long something kept this process from everything else; what it is meanwhile
 * is told in metrics (`nodejs_eventloop_lag_seconds`).
 *
 * @returns stops watching
 */
export function watchEventLoop(log: Log): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const timer = setInterval(() => {
    const milliseconds = Math.round(delay.max / 1e6);
    delay.reset();
    if (milliseconds >= worthTelling) log.warn('something kept the operator from everything else', { milliseconds });
  }, period);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
