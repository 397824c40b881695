/** Bounds of the delay between failures of one key, in milliseconds. */
export interface RateLimiterOptions {
  readonly base?: number;
  readonly cap?: number;
}

/**
 * Counts the failures of each key and doubles the delay with each: client-go's ItemExponentialFailureRateLimiter
 * with its controllers' defaults, 5 ms to 1000 s.
 */
export class ExponentialRateLimiter<Key> {
  readonly #base: number;
  readonly #cap: number;
  readonly #failures = new Map<Key, number>();

  constructor({ base = 5, cap = 1_000_000 }: RateLimiterOptions = {}) {
    this.#base = base;
    this.#cap = cap;
  }

  /** Milliseconds to wait now; counts one more failure. */
  when(key: Key): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.#cap, this.#base * 2 ** failures);
  }

  /** Failures since the last {@link forget}. */
  failures(key: Key): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key succeeded, or is given up: its next delay is the base again. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }
}
