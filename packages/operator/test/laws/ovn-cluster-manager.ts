import type { ClusterSnapshot, EgressIPSnapshot } from '@egressip-ipam/core';
import { assignEgressIps, validItems, type Allocation, type OvnNode } from '@egressip-ipam/sandbox';

const assignable = 'k8s.ovn.org/egress-assignable';
const long = '2026-01-03T00:00:00Z';

/** What OVN-Kubernetes' cluster manager, and on a cloud the cloud network config controller, make of a cluster in one go. */
export function manage(snapshot: ClusterSnapshot, capacity: number | undefined, random: () => number): ClusterSnapshot {
  const nodes = snapshot.nodes.map((node): OvnNode => ({
    name: node.name,
    eligible: assignable in node.labels && node.ready,
    networks: [JSON.parse(node.primaryInterfaceAddress ?? '{}') as { ipv4: string }].map(({ ipv4 }) => ipv4),
    capacity: capacity === undefined ? {} : { ipv4: capacity },
    hostCidrs: node.addresses,
  }));
  const allocations = new Map<string, Allocation>();
  const kept = snapshot.egressIPs.map((egressIP): EgressIPSnapshot => {
    const assigned = validItems(egressIP.name, egressIP.assigned, nodes, allocations).filter((item) => egressIP.egressIPs.includes(item.egressIP));
    for (const item of assigned) allocations.set(item.egressIP, { node: item.node, owner: egressIP.name });
    return { ...egressIP, assigned };
  });
  const leaving = new Set(snapshot.cloudPrivateIPConfigs.flatMap(({ name }) => (allocations.has(name) ? [] : [name])));
  const egressIPs = kept.map((egressIP): EgressIPSnapshot => {
    const missing = egressIP.egressIPs.filter((address) => !allocations.has(address) && !leaving.has(address));
    if (missing.length === 0) return egressIP;
    const { items } = assignEgressIps({ owner: egressIP.name, addresses: missing, nodes, allocations, cloud: capacity !== undefined, random });
    for (const item of items) allocations.set(item.egressIP, { node: item.node, owner: egressIP.name });
    return { ...egressIP, assigned: [...egressIP.assigned, ...items] };
  });
  if (capacity === undefined) return { ...snapshot, egressIPs };
  const gone = snapshot.cloudPrivateIPConfigs.filter(({ name }) => leaving.has(name)).map((config) => ({ ...config, deletedAt: long }));
  const held = [...allocations].map(([name, { node }]) => ({ name, createdAt: long, generation: 1, specNode: node, statusNode: node, assigned: 'True', reason: 'CloudResponseSuccess' }));
  return { ...snapshot, egressIPs, cloudPrivateIPConfigs: [...gone, ...held].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The cloud has taken back what was leaving. */
export function takeBack(snapshot: ClusterSnapshot): ClusterSnapshot {
  return { ...snapshot, cloudPrivateIPConfigs: snapshot.cloudPrivateIPConfigs.filter(({ deletedAt }) => deletedAt === undefined) };
}
