import type { Clock, ClockTimer } from '../clock/clock.ts';
import { TransportError } from '../errors/transport-error.ts';

/** When a watch is given up though nothing broke it. */
export interface WatchLimits {
  /** Seconds after which the server ends it, which it may be unable to do. */
  readonly timeoutSeconds: number;
  /** Milliseconds without anything. */
  readonly longestSilence: number;
  /** Monotonic time at which something came last, at this watch or before. */
  readonly lastSeen: () => number | undefined;
  /** It fell silent, and is broken off for that. */
  readonly onSilence: () => void;
}

// What a server's own end of a watch may take to arrive.
const grace = 5_000;

/** Breaks a watch off when it outlives its time limit or falls silent. Cancel it when the watch ends. */
export function limitWatch(clock: Clock, controller: AbortController, limits: WatchLimits): ClockTimer {
  const { timeoutSeconds, longestSilence, lastSeen, onSilence } = limits;
  const breakOff = (why: string): void =>
    controller.abort(new TransportError(why, { kind: 'timeout', outcome: 'unknown' }));
  const age = clock.setTimeout(() => breakOff('the watch outlived its time limit'), timeoutSeconds * 1000 + grace);
  const opened = clock.monotonic();
  const look = (): void => {
    const rest = Math.max(opened, lastSeen() ?? 0) + longestSilence - clock.monotonic();
    if (rest > 0) silence = clock.setTimeout(look, rest);
    else {
      onSilence();
      breakOff(`nothing came for ${longestSilence / 1000} seconds, not even a bookmark`);
    }
  };
  let silence = clock.setTimeout(look, longestSilence);
  return {
    cancel: () => {
      age.cancel();
      silence.cancel();
    },
  };
}
