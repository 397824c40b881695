/** Bounds of a {@link BackOff}, in milliseconds. */
export interface BackOffOptions {
  readonly first: number;
  readonly longest: number;
}

/** How long each of many things has to wait after failing: twice as long each time. */
export class BackOff {
  readonly #options: BackOffOptions;
  readonly #failures = new Map<string, { readonly count: number; readonly until: number }>();

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  /** Notes a failure; returns how many there were in a row, and the milliseconds to wait. */
  fail(key: string, now: number, atLeast = 0): { readonly count: number; readonly delay: number } {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const delay = Math.max(
      atLeast,
      Math.min(this.#options.longest, this.#options.first * 2 ** Math.min(count - 1, 20)),
    );
    this.#failures.set(key, { count, until: now + delay });
    return { count, delay };
  }

  /** How often in a row a thing failed. */
  countOf(key: string): number {
    return this.#failures.get(key)?.count ?? 0;
  }

  /** Forgets the failures of a thing. */
  succeed(key: string): void {
    this.#failures.delete(key);
  }

  /** When a thing may be tried again; 0 for at once. */
  until(key: string): number {
    return this.#failures.get(key)?.until ?? 0;
  }

  /** Forgets what could have been tried again so many milliseconds ago, and was not. */
  forget(now: number, longAgo: number): void {
    for (const [key, { until }] of this.#failures) if (now - until > longAgo) this.#failures.delete(key);
  }

  /** Forgets all but some. */
  keepOnly(isKept: (key: string) => boolean): void {
    for (const key of this.#failures.keys()) if (!isKept(key)) this.#failures.delete(key);
  }
}
