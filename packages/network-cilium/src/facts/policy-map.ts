import {
  defaultPodsPerNamespace,
  type Finding,
  type NetworkObstacle,
  type NetworkTable,
  type NetworkView,
} from '@egressip-ipam/core';
import type { ParsedPolicy } from './parse-policy.ts';

/** Of this much of a map it is said that it fills. */
const filling = 0.8;

/** Cilium's egress policy maps: an entry per pod and CIDR, on every node, for the whole cluster. */
export interface PolicyMaps {
  readonly tables: readonly NetworkTable[];
  readonly findings: readonly Finding[];
}

/**
 * Reckons the entries of each family's map. What does not fit is one line of the agents' log, and its pods leave by their
 * node. Pods are not read: of all of a cluster that is too much, so that each EgressIPAM says how many a namespace has.
 */
export function policyMaps(
  policies: readonly ParsedPolicy[],
  size: number,
  podsPerNamespaceOf: NetworkView['podsPerNamespaceOf'],
): PolicyMaps {
  const entries = { 4: 0, 6: 0 };
  for (const { source, ours } of policies) {
    const { egressIPAM = '', destinationCIDRs, excludedCIDRs } = source;
    const pods = ours === undefined ? defaultPodsPerNamespace : podsPerNamespaceOf(egressIPAM);
    for (const cidr of destinationCIDRs) entries[familyOf(cidr)] += pods;
    for (const cidr of excludedCIDRs) entries[familyOf(cidr)] += pods;
  }
  const tables = ([4, 6] as const).map((family) => tableOf(family, entries[family], size));
  return { tables, findings: tables.flatMap((table) => findingOf(table) ?? []) };
}

const familyOf = (cidr: string): 4 | 6 => (cidr.includes(':') ? 6 : 4);

const wayOut =
  "Pods without an entry leave by the address of their node. Raise egressGateway.maxPolicyEntries in its Helm values, or say in the EgressIPAM's podsPerNamespace how many pods a namespace has.";

function tableOf(family: 4 | 6, entries: number, size: number): NetworkTable {
  const name = `egress-policy-map-ipv${family}`;
  const full: NetworkObstacle = {
    code: 'PolicyMapFull',
    message: `Cilium's egress policy map for IPv${family} has room for ${size} entries, of which ${entries} are reckoned to be taken: no room for the pods of another namespace. ${wayOut}`,
  };
  return {
    name,
    size,
    entries,
    full,
    entriesFor: ({ destinations, podsPerNamespace }, families) => {
      if (!families.has(family)) return 0;
      const { included = [], excluded = [] } = destinations?.[family] ?? {};
      return podsPerNamespace * Math.max(1, included.length + excluded.length);
    },
  };
}

function findingOf({ name, size, entries }: NetworkTable): Finding | undefined {
  if (entries < filling * size) return undefined;
  const isFull = entries >= size;
  return {
    code: isFull ? 'PolicyMapFull' : 'PolicyMapFilling',
    severity: isFull ? 'error' : 'warning',
    object: { kind: 'ConfigMap', name: 'cilium-config' },
    message: `Cilium's ${name} has room for ${size} entries, of which ${entries} are reckoned to be taken, one for each pod and CIDR. ${wayOut}`,
  };
}
