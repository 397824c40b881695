import { isReportFull, type EgressNode } from '@egressip-ipam/agent/objects';
import {
  cidrContains,
  parseAddress,
  parseCidr,
  type Address,
  type AttachedAddress,
  type CidrObservation,
  type LookSubjects,
  type NodeObservation,
  type ProviderObservation,
  type UsedAddress,
} from '@egressip-ipam/core';
import { byName } from '@egressip-ipam/core/plugin';
import { believedOf, heldBy, nodesByMAC, ownAddresses, type AgentsView } from './agents-view.ts';
import { failure } from './failure.ts';
import { isSilent, majorityAnswers } from './silence.ts';

/**
 * What is known of nodes and CIDRs by the agents.
 *
 * @param now monotonic milliseconds, on the clock of the view's sightings
 */
export function observeAgents(view: AgentsView, { nodes, cidrs }: LookSubjects, now: number): ProviderObservation {
  const isMajority = majorityAnswers(view, now);
  const wanted = wantedOf(view);
  const used = cidrs.length === 0 ? [] : usedAddresses(view, wanted);
  return {
    nodes: nodes.map(({ name }) => observeNode(name, view, wanted, { isQuiet: isSilent(name, view, now), isMajority })),
    cidrs: cidrs.map((cidr) => observeCidr(cidr, used)),
  };
}

/** Its interfaces count as one: the agent finds for each address the one whose subnet has it. */
function observeNode(
  name: string,
  view: AgentsView,
  wanted: ReadonlySet<string>,
  { isQuiet, isMajority }: { readonly isQuiet: boolean; readonly isMajority: boolean },
): NodeObservation {
  const node = view.node(name);
  if (node === undefined || node.status.observedGeneration === 0) {
    return {
      node: name,
      error: failure('not-found', `no agent has reported from node ${name}; check that its pod runs there`),
    };
  }
  const addresses = addressesOf(node, view, wanted);
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
    // An agent that is silent takes nothing more; nor does a node of which nobody knows all that it has.
    limits: isQuiet || isReportFull(node.status) ? { ipv4: countOf(addresses, 4), ipv6: countOf(addresses, 6) } : {},
    ...(isQuiet && isMajority ? { silent: true } : {}),
  };
}

/** The addresses that any node is asked to carry: by what the operator wrote, and nobody else. */
function wantedOf({ all }: AgentsView): ReadonlySet<string> {
  return new Set(all.flatMap(({ wishes }) => wishes.map(({ address }) => address)));
}

/**
 * What a node has. Its report is its own word, and may be a lie: that it holds what another node was asked to carry is
 * not believed; what nobody is asked to carry counts as not there yet, so that no traffic is sent to it, and only as
 * long as it may be left of what was asked for. Nothing of its own ever moves.
 */
function addressesOf(node: EgressNode, view: AgentsView, wanted: ReadonlySet<string>): readonly AttachedAddress[] {
  const own = new Set(ownAddresses(node));
  const held = new Set(heldBy(node, view));
  const wished = new Set(node.wishes.map(({ address }) => address));
  const confirmed = [...held].filter((address) => wished.has(address)).sort();
  // What was wished for before a crash is ours, and nobody else is in the way; a fenced node takes it again when it
  // comes back.
  const open = [...wished].filter((address) => !held.has(address) && !own.has(address));
  const stray = believedOf(node, view).filter((address) => !wanted.has(address) && !own.has(address));
  return [
    ...[...own].map((address) => ({ address, primary: true })),
    ...confirmed.map((address) => ({ address, primary: false })),
    ...[...open, ...stray].map((address) => ({ address, primary: false, incomplete: true as const })),
  ];
}

function countOf(addresses: readonly AttachedAddress[], family: 4 | 6): number {
  return addresses.filter(({ address }) => address.includes(':') === (family === 6)).length;
}

interface Used extends UsedAddress {
  readonly parsed: Address;
}

/**
 * What is in use, each address once and in order: by gateways of egress nodes, on these, and by machines that answered
 * when an address was looked for. An agent looks for what it was asked to carry alone: that of anything else somebody
 * answers for it is made up, and keeps no address from others.
 */
function usedAddresses(view: AgentsView, wanted: ReadonlySet<string>): readonly Used[] {
  const nodes = [...view.all].sort(byName);
  const nodeOfMAC = nodesByMAC({ all: nodes });
  const used = new Map<string, string>();
  for (const { name, status } of nodes)
    for (const gateway of status.gateways) used.set(gateway, `the default gateway of node ${name}`);
  for (const node of nodes) {
    for (const { address } of addressesOf(node, view, wanted)) used.set(address, `node ${node.name}`);
    const asked = new Set(node.wishes.map(({ address }) => address));
    for (const { address, state, duplicateMAC = 'unknown' } of node.status.addresses)
      if (state === 'Duplicate' && asked.has(address) && !nodeOfMAC.has(duplicateMAC))
        used.set(address, `the machine with MAC address ${duplicateMAC}`);
  }
  return [...used]
    .flatMap(([address, usedBy]): readonly Used[] => {
      const parsed = parseAddress(address);
      return parsed === undefined ? [] : [{ address, usedBy, parsed }];
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

function observeCidr(text: string, used: readonly Used[]): CidrObservation {
  const cidr = parseCidr(text)?.cidr;
  if (cidr === undefined)
    return { cidr: text, error: failure('permanent', `"${text}" is no CIDR; write it like 10.0.0.0/24`) };
  const inUse = used.filter(({ parsed }) => cidrContains(cidr, parsed));
  return { cidr: text, inUse: inUse.map(({ address, usedBy }) => ({ address, usedBy })), reserved: [] };
}
