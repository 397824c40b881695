import type { ResourceReference } from '../kubernetes/resource-reference.ts';
import type { NetworkEntry, NetworkObjects } from '../snapshot/snapshot.ts';

/** How many objects of a kind a namespace has, as they were counted last. */
export interface NamespaceCount extends NetworkEntry {
  /** The namespace's. */
  readonly name: string;
  readonly count: number;
}

/**
 * What was counted of a kind, by namespace; without those that were not: it may not be permitted, and files tell none.
 */
export function countsOf(objects: NetworkObjects, { kind }: ResourceReference): ReadonlyMap<string, number> {
  // Whatever stands under a kind that is counted was counted.
  const counts = (objects[kind] ?? []) as readonly NamespaceCount[];
  return new Map(counts.flatMap(({ name, count }) => (Number.isSafeInteger(count) ? [[name, count]] : [])));
}
