import { sameInOrder } from '../parse/parse-lists.ts';
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

  /**
   * What was said of a namespace, where that is just what is to be said now. Namespaces are asked for in the order of
   * their names.
   */
  same(now: Allocation): Allocation | undefined {
    let before = this.#last[this.#position];
    while (before !== undefined && before.namespace < now.namespace) before = this.#last[(this.#position += 1)];
    return before !== undefined && isSame(before, now) ? before : undefined;
  }
}

function isSame(before: Allocation, now: Allocation): boolean {
  return (
    before.namespace === now.namespace &&
    before.addresses === now.addresses &&
    before.egressIPAM === now.egressIPAM &&
    before.source === now.source &&
    before.carried === now.carried &&
    before.state === now.state &&
    before.carrying === now.carrying &&
    sameInOrder(before.nodes, now.nodes)
  );
}
