import type { Clock, ClockTimer } from '../clock/clock.ts';

interface PendingTimer {
  readonly at: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/** A clock that stands still until told to go. Wall-clock and monotonic time start at `start` and at 0. */
export class FakeClock implements Clock {
  readonly #start: number;
  readonly #timers = new Set<PendingTimer>();
  #elapsed = 0;
  #sequence = 0;

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimeout(callback: () => void, milliseconds: number): ClockTimer {
    const timer = { at: this.#elapsed + Math.max(0, milliseconds), sequence: this.#sequence++, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass without running any timer, as a stopped process sees it. */
  jump(milliseconds: number): void {
    this.#elapsed += milliseconds;
  }

  /** Lets time pass, running each timer at its time and every promise that follows from it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
      await settle();
    }
    this.#elapsed = end;
  }

  #next(end: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.sequence < first.sequence)) first = timer;
    }
    return first;
  }
}

/** Lets every promise that is ready run, without any time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
