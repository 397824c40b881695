import type { Allocation, ClusterSnapshot, Plan } from '@egressip-ipam/core';

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
    const written = allocation.source === 'kept' ? allocation : before.get(allocation.namespace);
    if (written !== undefined) holdings.set(allocation.namespace, written);
  }
  return holdings;
}

/** Who got, moved or gave back addresses between two moments. */
export function newsBetween(before: Holdings, after: Holdings, { namespaces }: ClusterSnapshot): readonly News[] {
  const news = [...after].flatMap(([namespace, allocation]) => (before.get(namespace) === allocation ? [] : newsOf(namespace, before.get(namespace), allocation)));
  for (const { name, deletedAt } of namespaces) {
    const had = before.get(name);
    if (had !== undefined && deletedAt === undefined && !after.has(name)) news.push(released(name, had, had.addresses));
  }
  return news;
}

function newsOf(namespace: string, before: Allocation | undefined, { egressIPAM, addresses, nodes, state }: Allocation): readonly News[] {
  const nodeBefore = new Map(before?.addresses.map((address, index) => [address, before.nodes[index] ?? null]));
  const news: News[] = [];
  const gained = addresses.map((address, index) => ({ address, node: nodes[index] ?? null })).filter(({ address }) => !nodeBefore.has(address));
  if (gained.length > 0) news.push({ namespace, egressIPAM, reason: 'Allocated', message: `EgressIPAM ${egressIPAM} gives it ${gained.map(({ address, node }) => (node === null ? address : `${address} (on node ${node})`)).join(', ')}` });
  addresses.forEach((address, index) => {
    const [from, to] = [nodeBefore.get(address), nodes[index] ?? null];
    // A network that chooses nodes itself has a word for it, and tells it itself.
    if (from === undefined || to === null || from === to || state !== undefined) return;
    news.push({ namespace, egressIPAM, reason: 'Placed', message: from === null ? `${address} is on node ${to}` : `${address} moved from node ${from} to node ${to}` });
  });
  const lost = before?.addresses.filter((address) => !addresses.includes(address)) ?? [];
  if (before !== undefined && lost.length > 0) news.push(released(namespace, before, lost));
  return news;
}

function released(namespace: string, { egressIPAM }: Allocation, addresses: readonly string[]): News {
  return { namespace, egressIPAM, reason: 'Released', message: `${addresses.join(', ')} went back to EgressIPAM ${egressIPAM}` };
}
