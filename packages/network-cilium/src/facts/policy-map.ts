import {
  defaultPodsPerNamespace,
  type Finding,
  type NetworkObstacle,
  type NetworkTable,
  type NetworkView,
} from '@egressip-ipam/core';
import { countsOf } from '@egressip-ipam/core/plugin';
import { ciliumEndpoints } from '../kinds/cilium-endpoint.ts';
import { familyOfCidr } from '../kinds/policy-cidrs.ts';
import type { ParsedPolicy } from './parse-policy.ts';

/** Of this much of a map it is said that it fills. */
const filling = 0.8;

/** Cilium's egress policy maps: an entry per pod and CIDR, on every node, for the whole cluster. */
export interface PolicyMaps {
  readonly tables: readonly NetworkTable[];
  readonly findings: readonly Finding[];
}

/** What is taken of the map of one family. */
interface Taken {
  entries: number;
  uncounted: number;
}

/**
 * Counts the entries of each family's map. What does not fit is one line of the agents' log, and its pods leave by
 * their node. So room is kept for as many pods as the EgressIPAM says that a namespace has, and for those above, where
 * pods are counted. Which pods policies of others are for is not known.
 */
export function policyMaps(
  policies: readonly ParsedPolicy[],
  size: number,
  { objects, podsPerNamespaceOf }: Pick<NetworkView, 'objects' | 'podsPerNamespaceOf'>,
): PolicyMaps {
  const counts = countsOf(objects, ciliumEndpoints);
  const podsOf = (namespace: string, reckoned: number): number => Math.max(reckoned, counts.get(namespace) ?? 0);
  const taken: Readonly<Record<4 | 6, Taken>> = { 4: { entries: 0, uncounted: 0 }, 6: { entries: 0, uncounted: 0 } };
  for (const { source, ours } of policies) {
    const { egressIPAM = '', destinationCIDRs, excludedCIDRs, moreCIDRs } = source;
    const pods = ours === undefined ? defaultPodsPerNamespace : podsOf(ours.namespace, podsPerNamespaceOf(egressIPAM));
    for (const cidr of destinationCIDRs) taken[familyOfCidr(cidr)].entries += pods;
    for (const cidr of excludedCIDRs) taken[familyOfCidr(cidr)].entries += pods;
    for (const family of [4, 6] as const) taken[family].entries += pods * (moreCIDRs?.[family] ?? 0);
    if (ours !== undefined && !counts.has(ours.namespace)) {
      for (const family of new Set(destinationCIDRs.map(familyOfCidr))) taken[family].uncounted += 1;
    }
  }
  const tables = ([4, 6] as const).map((family) => tableOf(family, taken[family], size, podsOf));
  return { tables, findings: tables.flatMap((table) => findingOf(table) ?? []) };
}

const wayOut =
  "Pods without an entry leave by the address of their node. Raise egressGateway.maxPolicyEntries in its Helm values, or say in the EgressIPAM's podsPerNamespace for how many pods of a namespace room is kept.";

function tableOf(
  family: 4 | 6,
  { entries, uncounted }: Taken,
  size: number,
  podsOf: (namespace: string, reckoned: number) => number,
): NetworkTable {
  const name = `egress-policy-map-ipv${family}`;
  const full: NetworkObstacle = {
    code: 'PolicyMapFull',
    message: `Cilium's egress policy map for IPv${family} has room for ${size} entries, and none is left for the pods of this namespace. ${wayOut}`,
  };
  return {
    name,
    size,
    entries,
    uncounted,
    full,
    entriesFor: (namespace, { destinations, podsPerNamespace }, families) => {
      if (!families.has(family)) return 0;
      const { included = [], excluded = [] } = destinations?.[family] ?? {};
      return podsOf(namespace, podsPerNamespace) * Math.max(1, included.length + excluded.length);
    },
  };
}

function findingOf({ name, size, entries, uncounted }: NetworkTable): Finding | undefined {
  if (entries < filling * size) return undefined;
  const isFull = entries >= size;
  // Without the figure, which metrics have: each pod that comes or goes would be another message.
  const howMuch = isFull ? 'all of them are taken' : 'four fifths are taken';
  const basis = uncounted === 0 ? '' : ', as far as podsPerNamespace tells: not all pods are counted';
  return {
    code: isFull ? 'PolicyMapFull' : 'PolicyMapFilling',
    severity: isFull ? 'error' : 'warning',
    object: { kind: 'ConfigMap', name: 'cilium-config' },
    message: `Cilium's ${name} has room for ${size} entries, one for each pod and CIDR; ${howMuch}${basis}. ${wayOut}`,
  };
}
