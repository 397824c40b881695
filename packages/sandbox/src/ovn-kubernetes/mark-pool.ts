const firstMark = 50_000;
const lastMark = 55_000;

/**
 * The marks that a cluster manager knows, as its allocator of ids has them: it begins empty with each life, whatever
 * marks there are, and gives the next one that it does not know.
 */
export class MarkPool {
  readonly #markOf = new Map<string, string>();
  readonly #known = new Set<string>();
  #next = firstMark;

  /**
   * Takes note of a mark that an EgressIP has.
   *
   * @throws Error when another one is known to have it, or this one to have another mark
   */
  reserve(name: string, mark: string): void {
    const own = this.#markOf.get(name);
    if (own === mark) return;
    if (own !== undefined || this.#known.has(mark))
      throw new Error(`failed to reserve mark for EgressIP ${name}: ${mark} is another's, or it has another`);
    this.#put(name, mark);
  }

  /** The mark of an EgressIP, a new one where none is known; undefined when all are in use. */
  take(name: string): string | undefined {
    const own = this.#markOf.get(name);
    if (own !== undefined) return own;
    for (let tries = firstMark; tries <= lastMark; tries++) {
      const mark = String(this.#next);
      this.#next = this.#next === lastMark ? firstMark : this.#next + 1;
      if (this.#known.has(mark)) continue;
      this.#put(name, mark);
      return mark;
    }
    return undefined;
  }

  /** Frees the marks of EgressIPs that are gone. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const [name, mark] of this.#markOf) {
      if (names.has(name)) continue;
      this.#markOf.delete(name);
      this.#known.delete(mark);
    }
  }

  #put(name: string, mark: string): void {
    this.#markOf.set(name, mark);
    this.#known.add(mark);
  }
}
