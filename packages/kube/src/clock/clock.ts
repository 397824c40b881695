/** A pending timer of a {@link Clock}. */
export interface ClockTimer {
  /** Stops the timer; a timer that has fired is left alone. */
  cancel(): void;
}

/** Time as a parameter: nothing in this package reads a clock but through this. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. Only for what others read (timestamps). */
  now(): number;
  /** Milliseconds of a clock that never goes back and goes on while the process is stopped. For durations. */
  monotonic(): number;
  /** Calls back once, after so many milliseconds; the machine's clock after no more than 24 days. */
  setTimeout(callback: () => void, milliseconds: number): ClockTimer;
}

/** Timers count milliseconds in 31 bits; with more a callback would come at once. */
const longestTimer = 2 ** 31 - 1;

// Of the same clock as `performance`, which a process would load all that can be measured for.
const start = process.hrtime.bigint();

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() - start) / 1e6,
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, Math.min(longestTimer, milliseconds));
    return { cancel: () => clearTimeout(timer) };
  },
};
