import type { Allocation, ClusterSnapshot, Plan } from '@egressip-ipam/core';
import { changesBetween, type Change } from './changes.ts';

/** What happened to a namespace, in words for its owner. */
export interface News {
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly reason: 'Allocated' | 'Placed' | 'Released';
  readonly message: string;
}

/** By namespace: what it has, once that is written down. */
export type Holdings = ReadonlyMap<string, Allocation>;

/** What namespaces have by a plan; one whose change is not written yet still has what it had `before`. */
export function holdingsOf({ allocations }: Plan, before: Holdings = new Map()): Holdings {
  const holdings = new Map<string, Allocation>();
  for (const allocation of allocations) {
    const written = isWrittenDown(allocation) ? allocation : before.get(allocation.namespace);
    if (written !== undefined) holdings.set(allocation.namespace, written);
  }
  return holdings;
}

/** Whether all that a namespace has is what it had: what it gets is written down first. */
export function isWrittenDown({ source, added }: Allocation): boolean {
  return source === 'kept' && added === undefined;
}

/** What to tell the owners of namespaces: who got, moved or gave back addresses between two moments. */
export function newsBetween(before: Holdings, after: Holdings, { namespaces }: ClusterSnapshot): readonly News[] {
  const present = new Set(namespaces.filter(({ deletedAt }) => deletedAt === undefined).map(({ name }) => name));
  return changesBetween(before, after).flatMap((change) => {
    const [reason, message] = wordsFor(change, after.get(change.namespace)) ?? [];
    // Nobody is left to be told.
    if (reason === undefined || message === undefined || (reason === 'Released' && !present.has(change.namespace)))
      return [];
    return [{ namespace: change.namespace, egressIPAM: change.egressIPAM, reason, message }];
  });
}

function wordsFor(change: Change, allocation: Allocation | undefined): readonly [News['reason'], string] | undefined {
  if (change.kind === 'allocated')
    return [
      'Allocated',
      `EgressIPAM ${change.egressIPAM} gives it ${change.placements.map(({ address, node }) => (node === null ? address : `${address} (on node ${node})`)).join(', ')}`,
    ];
  if (change.kind === 'released')
    return ['Released', `${change.addresses.join(', ')} went back to EgressIPAM ${change.egressIPAM}`];
  const { address, from, to } = change;
  // A network that chooses nodes itself tells them itself.
  if (to === null || allocation?.state !== undefined) return undefined;
  return ['Placed', from === null ? `${address} is on node ${to}` : `${address} moved from node ${from} to node ${to}`];
}
