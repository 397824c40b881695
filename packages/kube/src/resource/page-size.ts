/** What pages are made for, in bytes of the answer. */
const wantedBytes = 2 << 20;
const firstLimit = 25;
const steepestGrowth = 4;

/**
 * The most that a page of several objects may have, in bytes; one of a single object may have all that is read of an
 * answer.
 */
export const mostPageBytes = 4 << 20;

/**
 * How many objects to ask for at once, by the size of those that came: a namespace may have a kilobyte, or a quarter of
 * a megabyte of annotations, and what is asked for at once is held in memory at once.
 */
export class PageSize {
  readonly #most: number;
  #limit: number;

  /** @param most objects per page, however small they are */
  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(firstLimit, most);
  }

  /** Objects to ask for. */
  get limit(): number {
    return this.#limit;
  }

  /** Takes in how large a page was. */
  seen(items: number, bytes: number): void {
    const wanted = Math.floor((wantedBytes * items) / Math.max(1, bytes));
    this.#limit = Math.max(1, Math.min(wanted, this.#limit * steepestGrowth, this.#most));
  }

  /** A page was larger than {@link mostPageBytes}; false when it had one object alone. */
  shrink(): boolean {
    if (this.#limit === 1) return false;
    this.#limit = Math.max(1, Math.floor(this.#limit / steepestGrowth));
    return true;
  }
}
