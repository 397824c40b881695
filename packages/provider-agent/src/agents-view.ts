import type { AddressState, EgressNode } from '@egressip-ipam/agent/objects';
import type { Sightings } from './sightings.ts';

/** What is known of the agents: as they are watched, or as files have them. */
export interface AgentsView {
  /** What they report and are asked for. */
  readonly all: readonly EgressNode[];
  /** Their Leases. */
  readonly sightings: Sightings;
  node(name: string): EgressNode | undefined;
  /** Whether a node may have an address that it says it has and nobody asks it to carry. */
  mayHave(name: string, address: string): boolean;
}

/** Whether a node's Lease is there, and nobody holds it. */
export function isFenced(name: string, { sightings }: Pick<AgentsView, 'sightings'>): boolean {
  return sightings.of(name)?.isHeld === false;
}

/** What a node holds by its own report; nothing, once its Lease was taken away, whatever it reported last. */
export function heldBy(node: EgressNode, view: Pick<AgentsView, 'sightings'>): readonly string[] {
  return inStates(node, ['Held'], view);
}

/** What a node holds, or may hold, by its own report: an agent of another version may say it in a word of its own. */
function maybeHeldBy(node: EgressNode, view: Pick<AgentsView, 'sightings'>): readonly string[] {
  return inStates(node, ['Held', 'Unknown'], view);
}

function inStates(
  { name, status }: EgressNode,
  states: readonly AddressState[],
  view: Pick<AgentsView, 'sightings'>,
): readonly string[] {
  if (isFenced(name, view)) return [];
  return status.addresses.filter(({ state }) => states.includes(state)).map(({ address }) => address);
}

/** What a node says it has, as far as that is believed where nobody asks it to carry that. */
export function believedOf(node: EgressNode, view: Pick<AgentsView, 'sightings' | 'mayHave'>): readonly string[] {
  const wished = new Set(node.wishes.map(({ address }) => address));
  return maybeHeldBy(node, view).filter((address) => wished.has(address) || view.mayHave(node.name, address));
}

/** What a node carries of its own; never to be touched. */
export function ownAddresses(node: EgressNode | undefined): readonly string[] {
  return node?.status.interfaces.flatMap(({ addresses }) => addresses) ?? [];
}

/**
 * The egress nodes that MAC addresses are of: what one answers for it has still, and lets go of by itself.
 */
export function nodesByMAC({ all }: Pick<AgentsView, 'all'>): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  for (const { name, status } of all)
    for (const { mac } of status.interfaces) if (mac !== undefined && !nodes.has(mac)) nodes.set(mac, name);
  return nodes;
}
