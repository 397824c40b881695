import type { HostStep } from '@egressip-ipam/core';

/** A HostSubnet waits no longer than this for more additions while they keep coming, in milliseconds. */
const longestWait = 3_000;
/** Nor longer than this for additions that do not come, in milliseconds: the plan that is made then sees whether some have come. */
const longestPause = 600;

/** The additions of a HostSubnet that wait for others. */
interface Gathering {
  readonly first: number;
  readonly count: number;
  readonly grewAt: number;
}

/**
 * When to write HostSubnets. Where a thousand namespaces come at once, each is written once all of its new addresses are
 * there, and not for each of them. What moves, or is put back, carries traffic already and never waits, and neither does
 * what leaves.
 */
export class HostBatches {
  readonly #gatherings = new Map<string, Gathering>();

  /** When each ready step may start; steps that are not in the map may start now. `isNew` tells of an address whether it has yet to be bound. */
  dueTimes(steps: readonly HostStep[], isNew: (address: string) => boolean, now: number): ReadonlyMap<string, number> {
    const due = new Map<string, number>();
    const incomplete = new Set(steps.filter(({ id }) => id.endsWith('/then')).map(({ node }) => node));
    const seen = new Set<string>();
    for (const { id, after, node, added, removed } of steps) {
      if (after.length > 0 || added.length === 0 || removed.length > 0 || !incomplete.has(node) || !added.every(isNew)) continue;
      seen.add(node);
      const before = this.#gatherings.get(node);
      const gathering = before?.count === added.length ? before : { first: before?.first ?? now, count: added.length, grewAt: now };
      this.#gatherings.set(node, gathering);
      due.set(id, Math.min(gathering.first + longestWait, gathering.grewAt + longestPause));
    }
    for (const node of this.#gatherings.keys()) if (!seen.has(node)) this.#gatherings.delete(node);
    return due;
  }

  /** Notes that a HostSubnet was written. */
  written({ node }: HostStep): void {
    this.#gatherings.delete(node);
  }
}
