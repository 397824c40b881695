import type { Allocation } from './plan-types.ts';

/**
 * What the last plan said of namespaces. What is as it was is said by the same object again: in a large cluster that is
 * nearly all, and a hundred thousand new objects with each plan cost more than the comparison.
 */
export class LastAllocations {
  readonly #last: readonly Allocation[];
  #position = 0;

  /** @param last by name of namespaces, as every plan has them */
  constructor(last: readonly Allocation[]) {
    this.#last = last;
  }

  /** What was said of a namespace. Namespaces are asked for in the order of their names. */
  of(namespace: string): Allocation | undefined {
    let before = this.#last[this.#position];
    // Mostly it is the one that was asked for last time, by the same text.
    while (before !== undefined && before.namespace !== namespace && before.namespace < namespace)
      before = this.#last[(this.#position += 1)];
    return before?.namespace === namespace ? before : undefined;
  }
}
