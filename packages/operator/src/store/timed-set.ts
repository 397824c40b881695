/** Texts that are forgotten a while after they were added last. */
export class TimedSet {
  readonly #lifetime: number;
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  /** @param lifetime in milliseconds */
  constructor(lifetime: number, now: () => number) {
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /** Adds a text, for its whole time anew. */
  add(text: string): void {
    this.#until.set(text, this.#now() + this.#lifetime);
  }

  /** Those that are remembered still, sorted. */
  list(): readonly string[] {
    const now = this.#now();
    for (const [text, until] of this.#until) if (until < now) this.#until.delete(text);
    return [...this.#until.keys()].sort();
  }
}
