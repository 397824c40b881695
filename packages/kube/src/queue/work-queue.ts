import type { Clock, ClockTimer } from '../clock/clock.ts';
import { ExponentialRateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

/** Settings of a {@link WorkQueue}. */
export interface WorkQueueOptions extends RateLimiterOptions {
  readonly clock: Clock;
}

/**
 * Keys to be worked on, with client-go's rules: a key waits at most once; a key that is added while it is worked on
 * waits again when that work is done, so that no two workers ever have the same key; first in, first out.
 *
 * Keys are compared as a Map compares them.
 */
export class WorkQueue<Key extends string | number | object> {
  readonly #clock: Clock;
  readonly #limiter: ExponentialRateLimiter<Key>;
  /** Waiting, in order. A Set keeps the order of insertion. */
  readonly #waiting = new Set<Key>();
  readonly #processing = new Set<Key>();
  /** Added while being worked on. */
  readonly #dirty = new Set<Key>();
  readonly #delayed = new Map<Key, { readonly at: number; readonly timer: ClockTimer }>();
  readonly #takers: ((key: Key | undefined) => void)[] = [];
  readonly #drained: (() => void)[] = [];
  #shutDown = false;

  constructor({ clock, ...limits }: WorkQueueOptions) {
    this.#clock = clock;
    this.#limiter = new ExponentialRateLimiter(limits);
  }

  /** Keys that wait to be taken; delayed ones are not counted. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Adds a key now. Does nothing after {@link shutDown}. */
  add(key: Key): void {
    if (this.#shutDown) return;
    this.#cancelDelayed(key);
    if (this.#processing.has(key)) this.#dirty.add(key);
    else this.#push(key);
  }

  /** Adds a key after so many milliseconds. Of several times for one key the earliest counts. */
  addAfter(key: Key, milliseconds: number): void {
    if (this.#shutDown) return;
    if (milliseconds <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.monotonic() + milliseconds;
    const present = this.#delayed.get(key);
    if (present && present.at <= at) return;
    present?.timer.cancel();
    this.#delayed.set(key, { at, timer: this.#clock.setTimeout(() => this.add(key), milliseconds) });
  }

  /** Adds a key after a delay that doubles with each call for it. */
  addRateLimited(key: Key): void {
    this.addAfter(key, this.#limiter.when(key));
  }

  /** The key succeeded: its delays start from the shortest again. To be called before {@link done}. */
  forget(key: Key): void {
    this.#limiter.forget(key);
  }

  /** How often the key was rate-limited since it was last forgotten. */
  failures(key: Key): number {
    return this.#limiter.failures(key);
  }

  /** Takes the first key, waiting for one if needed; undefined when the queue is shut down and empty. */
  take(): Promise<Key | undefined> {
    const [key] = this.#waiting;
    if (this.#waiting.size > 0 && key !== undefined) {
      this.#waiting.delete(key);
      this.#processing.add(key);
      return Promise.resolve(key);
    }
    if (this.#shutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The work on a taken key is over, whatever came of it. Must be called for every key taken. */
  done(key: Key): void {
    this.#processing.delete(key);
    if (this.#dirty.delete(key)) this.#push(key);
    this.#checkDrained();
  }

  /**
   * Takes no more keys in and drops the delayed ones. What waits is still given out; resolves when all of it is done.
   */
  shutDown(): Promise<void> {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const resolve of this.#takers.splice(0)) resolve(undefined);
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#checkDrained();
    });
  }

  #push(key: Key): void {
    if (this.#waiting.has(key)) return;
    const taker = this.#takers.shift();
    if (taker) {
      this.#processing.add(key);
      taker(key);
    } else {
      this.#waiting.add(key);
    }
  }

  #cancelDelayed(key: Key): void {
    this.#delayed.get(key)?.timer.cancel();
    this.#delayed.delete(key);
  }

  #checkDrained(): void {
    if (!this.#shutDown || this.#waiting.size > 0 || this.#processing.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
