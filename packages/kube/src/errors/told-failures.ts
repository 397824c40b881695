import { ApiError } from './api-error.ts';

/** Tells a failure of a new sort from one that repeats what was told since all was well. */
export class ToldFailures {
  readonly #sorts = new Set<string>();

  /** Whether anything failed since all was well. */
  get any(): boolean {
    return this.#sorts.size > 0;
  }

  /** Takes in a failure; whether one of its sort was there already: the same status of the server's, or no answer. */
  isRepeated(error: unknown): boolean {
    const sort = ApiError.isInstance(error) ? String(error.status) : 'no answer';
    if (this.#sorts.has(sort)) return true;
    this.#sorts.add(sort);
    return false;
  }

  /** All is well. */
  clear(): void {
    this.#sorts.clear();
  }
}
