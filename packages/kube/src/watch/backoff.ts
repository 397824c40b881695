import type { Clock } from '../clock/clock.ts';

/** How long to wait between failures; milliseconds. */
export interface BackoffOptions {
  readonly initial: number;
  readonly factor: number;
  /** A share of each delay that is added at random, so that many clients do not come back together. */
  readonly jitter: number;
  /** A pause of failures this long starts again at `initial`. */
  readonly resetAfter: number;
}

// client-go's Reflector: 800 ms, doubling to 30 s, jitter 1.0, reset after two quiet minutes.
const reflectorBackoff: BackoffOptions = { initial: 800, factor: 2, jitter: 1, resetAfter: 120_000 };

/** Exponential back-off with jitter, as client-go's Reflector has it. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: BackoffOptions;
  #base = 0;
  #last = -Infinity;

  constructor(clock: Clock, random: () => number, options: BackoffOptions = reflectorBackoff) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
  }

  /** The next delay, never longer than `cap`, both in milliseconds. */
  next(cap: number): number {
    const { initial, factor, jitter, resetAfter } = this.#options;
    const now = this.#clock.monotonic();
    this.#base = now - this.#last > resetAfter || this.#base === 0 ? initial : this.#base * factor;
    this.#base = Math.min(this.#base, cap);
    this.#last = now;
    return Math.min(cap, this.#base * (1 + jitter * this.#random()));
  }

  /** Things went well: the next delay is the shortest again. */
  reset(): void {
    this.#base = 0;
  }
}
