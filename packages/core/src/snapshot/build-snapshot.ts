import { byName } from './compare-names.ts';
import type { ClusterSnapshot, NetworkObjects } from './snapshot.ts';

/** The name of core's own back end: placements without network objects. */
export const plainNetwork = 'plain';

/**
 * A snapshot with every list sorted by name; what is not given is empty, and the network is `plain`.
 *
 * @example
 * ```ts
 * import { buildSnapshot, plan } from '@egressip-ipam/core';
 *
 * const createdAt = '2026-01-01T00:00:00Z';
 * const snapshot = buildSnapshot({
 *   egressIPAMs: [
 *     { name: 'pool', createdAt, topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.1.0.0/28', labelValue: 'a' }] },
 *   ],
 *   nodes: [{ name: 'n1', labels: { zone: 'a' }, ready: true, addresses: ['192.168.0.1'] }],
 *   namespaces: [{ name: 'billing', createdAt, egressIPAM: 'pool' }],
 * });
 * console.log(plan(snapshot).allocations[0]?.addresses); // 10.1.0.1
 * ```
 */
export function buildSnapshot(parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>): ClusterSnapshot {
  const { name, objects, ...network } = parts.network ?? { name: plainNetwork, objects: {} };
  return {
    ...parts,
    formatVersion: 2,
    network: { ...network, name, objects: sortedObjects(objects) },
    infrastructure: parts.infrastructure ?? { virtualIPs: [] },
    provider: parts.provider ?? { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
    egressIPAMs: sorted(parts.egressIPAMs),
    namespaces: sorted(parts.namespaces),
    nodes: sorted(parts.nodes),
  };
}

function sortedObjects(objects: NetworkObjects): NetworkObjects {
  return Object.fromEntries(Object.entries(objects).map(([kind, entries]) => [kind, sorted(entries)]));
}

function sorted<Entry extends { readonly name: string }>(entries: readonly Entry[] | undefined): readonly Entry[] {
  return [...(entries ?? [])].sort(byName);
}
