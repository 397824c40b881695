import type { EgressNode } from '@egressip-ipam/agent';
import {
  cidrContains,
  parseAddress,
  parseCidr,
  type AttachedAddress,
  type CidrObservation,
  type NodeObservation,
  type ProviderErrorDescription,
  type UsedAddress,
} from '@egressip-ipam/core';
import { failure, ownAddresses } from './apply-change.ts';
import type { ClusterView } from './cluster-view.ts';
import { isSilent, majorityAnswers } from './silence.ts';

/**
 * What is known of one node. Its interfaces count as one: the agent finds for each address the one whose subnet has it.
 */
export function observeNode(name: string, view: ClusterView, now: number): NodeObservation {
  const node = view.node(name);
  if (node === undefined || node.status.observedGeneration === 0) {
    return {
      node: name,
      error: failure('not-found', `no agent has reported from node ${name}; check that its pod runs there`),
    };
  }
  const addresses = addressesOf(node, view);
  return {
    node: name,
    interfaces: [
      {
        id: 'kernel',
        main: true,
        subnets: [...new Set(node.status.interfaces.flatMap(({ subnets }) => subnets))].sort(),
        addresses,
      },
    ],
    // An agent that is silent takes nothing more.
    limits: isSilent(name, view, now) ? { ipv4: countOf(addresses, 4), ipv6: countOf(addresses, 6) } : {},
    ...(isSilent(name, view, now) && majorityAnswers(view, now) ? { silent: true } : {}),
  };
}

/**
 * Why a look from outside of the operator's namespace tells nothing of any node: agents report, and none has a Lease
 * there, so that all of them would pass for silent.
 */
export function elsewhere(view: ClusterView, namespace: string): ProviderErrorDescription | undefined {
  const isReported = [...view.nodes.store.values()].some(({ status }) => status.observedGeneration > 0);
  if (!isReported || view.sightings.leases.length > 0) return undefined;
  return failure(
    'permanent',
    `no agent has a Lease in namespace ${namespace}; say in which namespace the operator is (--namespace)`,
  );
}

function addressesOf(node: EgressNode, view: ClusterView): readonly AttachedAddress[] {
  const own = ownAddresses(node);
  const held = new Set(view.heldBy(node));
  // What was wished for before a crash is ours, and nobody else is in the way; a fenced node takes it again when it
  // comes back.
  const wished = node.wishes.map(({ address }) => address);
  const open = wished.filter((address) => !held.has(address) && !own.includes(address));
  return [
    ...own.map((address, index) => ({ address, primary: index === 0 })),
    ...[...held].sort().map((address) => ({ address, primary: false })),
    ...open.map((address) => ({ address, primary: false, incomplete: true as const })),
  ];
}

function countOf(addresses: readonly AttachedAddress[], family: 4 | 6): number {
  return addresses.filter(({ address }) => address.includes(':') === (family === 6)).length;
}

/**
 * What is in use of a CIDR: by gateways of egress nodes, on these, and by machines that answered when an address of it
 * was looked for.
 */
export function observeCidr(text: string, view: ClusterView): CidrObservation {
  const cidr = parseCidr(text)?.cidr;
  if (cidr === undefined)
    return { cidr: text, error: failure('permanent', `"${text}" is no CIDR; write it like 10.0.0.0/24`) };
  const used = new Map<string, string>();
  for (const { name, status } of view.nodes.store.values())
    for (const gateway of status.gateways) used.set(gateway, `the default gateway of node ${name}`);
  for (const node of view.nodes.store.values()) {
    for (const { address } of addressesOf(node, view)) used.set(address, `node ${node.name}`);
    for (const { address, state, duplicateMAC } of node.status.addresses) {
      if (state === 'Duplicate' && view.nodeWithMAC(duplicateMAC) === undefined)
        used.set(address, `the machine with MAC address ${duplicateMAC ?? 'unknown'}`);
    }
  }
  const inUse = [...used].flatMap(([address, usedBy]): readonly UsedAddress[] => {
    const parsed = parseAddress(address);
    return parsed !== undefined && cidrContains(cidr, parsed) ? [{ address, usedBy }] : [];
  });
  return { cidr: text, inUse: inUse.sort((one, other) => (one.address < other.address ? -1 : 1)), reserved: [] };
}
