import type { Allocation } from './plan-types.ts';

/** The decision about a namespace. It is the same object in the next plan where that decides the same. */
interface DecidedNamespace {
  readonly namespace: string;
}

/** What a plan decided of each namespace, by name, and at the same place what it said of it. */
export interface Said {
  readonly allotments: readonly DecidedNamespace[];
  readonly allocations: readonly (Allocation | undefined)[];
}

/**
 * What the last plan said of namespaces. What is as it was is said by the same object again: in a large cluster that is
 * nearly all, and a hundred thousand new objects with each plan cost more than the comparison.
 */
export class LastAllocations {
  readonly #last: Said;
  #position = 0;

  constructor(last: Said) {
    this.#last = last;
  }

  /** What was said of a namespace. Namespaces are asked for in the order of their names. */
  of(allotment: DecidedNamespace): Allocation | undefined {
    const { allotments, allocations } = this.#last;
    // Mostly it is the next one, and the same object.
    if (allotments[this.#position] !== allotment && !this.#find(allotment.namespace)) return undefined;
    this.#position += 1;
    return allocations[this.#position - 1];
  }

  /** Of the one that `of` was asked for last: whether the last plan decided just that. */
  isSame(allotment: DecidedNamespace): boolean {
    return this.#last.allotments[this.#position - 1] === allotment;
  }

  #find(namespace: string): boolean {
    const { allotments } = this.#last;
    let name = allotments[this.#position]?.namespace;
    while (name !== undefined && name < namespace) name = allotments[(this.#position += 1)]?.namespace;
    return name === namespace;
  }
}
