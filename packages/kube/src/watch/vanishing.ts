import type { Replacement } from './store.ts';

/** What became of objects that a list did not name any more, when those were many at once. */
export interface Vanishing {
  /** How many objects are held that a list did not name. */
  readonly missing: number;
  /** How many objects were held in all. */
  readonly held: number;
  /**
   * `doubted`: nothing is given on, and the list is read once more, in so many milliseconds; `confirmed`: the list
   * after it did not name them either, and they are given on as deleted; `refuted`: it named them again.
   */
  readonly outcome: 'doubted' | 'confirmed' | 'refuted';
  readonly retryInMilliseconds: number;
}

const firstPause = 1_000;
const longestPause = 30_000;

/**
 * Doubts a list that lacks much of what is held: more than a tenth, which of fewer than ten objects is any. What two
 * lists in a row do not name is gone; a server that answers wrongly for a moment, or behind a proxy that does, empties
 * nothing.
 */
export class VanishingDoubt {
  readonly #held: number;
  #doubted: ReadonlySet<string> = new Set();
  #reads = 0;

  /** @param held how many objects are held before the list is read */
  constructor(held: number) {
    this.#held = held;
  }

  /**
   * Judges a list that was read whole, before it is finished. Undefined when there is nothing to say: it may be
   * finished.
   */
  judge(list: Replacement): Vanishing | undefined {
    const held = this.#held;
    const missing = list.missing();
    const isNew = missing.filter((key) => !this.#doubted.has(key)).length * 10 > held;
    const isFirst = this.#reads === 0;
    this.#reads += 1;
    if (isNew) {
      this.#doubted = new Set(missing);
      const retryInMilliseconds = Math.min(longestPause, firstPause * 2 ** Math.min(this.#reads - 1, 16));
      return { missing: missing.length, held, outcome: 'doubted', retryInMilliseconds };
    }
    if (isFirst) return undefined;
    return {
      missing: missing.length,
      held,
      outcome: missing.some((key) => this.#doubted.has(key)) ? 'confirmed' : 'refuted',
      retryInMilliseconds: 0,
    };
  }
}
