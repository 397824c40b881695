import { cidrContains, parseAddress, parseCidr, type ClusterSnapshot, type NodeSnapshot } from '@egressip-ipam/core';
import { compileSelector, entriesOf, withEntries } from '@egressip-ipam/core/plugin';
import { egressIPKind, type AssignedItem, type EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressAssignableLabel } from '../kinds/names.ts';

const primaryAnnotation = 'k8s.ovn.org/node-primary-ifaddr';

/** A node with the annotation that OVN-Kubernetes writes on it, in a subnet with every pool of the tests. */
export function dressed(node: NodeSnapshot): NodeSnapshot {
  const number = Number(/\d+$/.exec(node.name)?.[0] ?? 1);
  return { ...node, annotations: { ...node.annotations, [primaryAnnotation]: `{"ipv4":"10.255.0.${number + 1}/8"}` } };
}

/**
 * What OVN-Kubernetes' cluster manager does: what is assigned stays while its node has the label, is selected where the
 * object says which are, and is Ready; the rest goes on the node with the fewest that has a subnet for it and no other
 * address of the object.
 */
export function assign(snapshot: ClusterSnapshot): ClusterSnapshot {
  const { objects } = snapshot.network;
  const egressIPs = entriesOf(objects, egressIPKind);
  const able = snapshot.nodes.filter(({ ready, labels }) => ready && Object.hasOwn(labels, egressAssignableLabel));
  const mayHave = egressIPs.map((entry) => able.filter(selectedBy(entry)));
  const load = new Map(able.map(({ name }) => [name, 0]));
  const taken = new Set<string>();
  const count = (item: AssignedItem): AssignedItem => {
    load.set(item.node, (load.get(item.node) ?? 0) + 1);
    taken.add(item.egressIP);
    return item;
  };
  const kept = egressIPs.map(({ egressIPs: wanted, assigned }, index) =>
    assigned
      .filter(({ node, egressIP }) => mayHave[index]?.some(({ name }) => name === node) && wanted.includes(egressIP))
      .map(count),
  );
  const entries = egressIPs.map((entry, index) => {
    const items = [...(kept[index] ?? [])];
    for (const address of entry.egressIPs) {
      if (taken.has(address)) continue;
      const candidates = (mayHave[index] ?? []).filter(
        (node) => !items.some((item) => item.node === node.name) && isInSubnet(node, address),
      );
      const [least] = candidates.sort((a, b) => (load.get(a.name) ?? 0) - (load.get(b.name) ?? 0));
      if (least !== undefined) items.push(count({ node: least.name, egressIP: address }));
    }
    return JSON.stringify(items) === JSON.stringify(entry.assigned) ? entry : { ...entry, assigned: items };
  });
  if (entries.every((entry, index) => entry === egressIPs[index])) return snapshot;
  return { ...snapshot, network: { ...snapshot.network, objects: withEntries(objects, egressIPKind, entries) } };
}

function selectedBy({ egressNodeSelector }: EgressIPEntry): (node: NodeSnapshot) => boolean {
  const compiled = egressNodeSelector === undefined ? undefined : compileSelector(egressNodeSelector);
  return ({ labels }) => compiled === undefined || (compiled.ok && compiled.matches(labels));
}

function isInSubnet({ annotations }: NodeSnapshot, address: string): boolean {
  const { ipv4, ipv6 } = JSON.parse(annotations?.[primaryAnnotation] ?? '{}') as {
    readonly ipv4?: string;
    readonly ipv6?: string;
  };
  const parsed = parseAddress(address);
  return [ipv4, ipv6].some((text) => {
    const cidr = text === undefined ? undefined : parseCidr(text)?.cidr;
    return cidr !== undefined && parsed !== undefined && cidrContains(cidr, parsed);
  });
}
