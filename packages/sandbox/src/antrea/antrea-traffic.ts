import { canonicalAddress } from '../stand-in/addresses.ts';
import type { AntreaPod } from './antrea-objects.ts';
import { isSameFamily, type AntreaEgressAgent } from './egress-agent.ts';

/** What becomes of a packet. */
export type AntreaTraffic =
  /**
   * Out by an egress IP. `holders` are all nodes that have the address: with more than one, whose ARP answer sticks is
   * chance.
   */
  | { readonly kind: 'egress'; readonly node: string; readonly egressIP: string; readonly holders: readonly string[] }
  /** Out by the address of the pod's own node: no Egress counts for it, or only one of the other family. */
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'dropped'; readonly reason: string };

/** The cluster as the datapath sees it. */
export interface AntreaDatapath {
  readonly agentOf: (node: string) => AntreaEgressAgent | undefined;
  /** The nodes that have an address and are up, the one that took it first before all. */
  readonly holders: (address: string) => readonly string[];
  readonly isUp: (node: string) => boolean;
  /** Whether the wire brings packets for the address to the node: on a cloud, where it is on its interface. */
  readonly delivers: (address: string, node: string) => boolean;
}

/**
 * The way of a packet: the pod's node tunnels it to the egress IP itself; who answers there translates it, if its agent
 * knows of it.
 */
export function antreaTraffic(
  { agentOf, holders, isUp, delivers }: AntreaDatapath,
  pod: AntreaPod,
  destination: string,
): AntreaTraffic {
  if (!isUp(pod.node)) return { kind: 'dropped', reason: 'node is down' };
  const effective = pod.hostNetwork ? undefined : agentOf(pod.node)?.effective(pod.uid);
  if (!effective || !isSameFamily(effective.egressIP, destination)) return { kind: 'node', node: pod.node };
  const address = canonicalAddress(effective.egressIP) ?? effective.egressIP;
  const all = holders(address);
  const node = effective.isLocal ? pod.node : all[0];
  if (node === undefined) return { kind: 'dropped', reason: `no node has ${address}` };
  if (!delivers(address, node)) return { kind: 'dropped', reason: `${address} is not on the interface of ${node}` };
  if (!agentOf(node)?.translates(address)) return { kind: 'dropped', reason: `${node} does not know ${address} yet` };
  return { kind: 'egress', node, egressIP: address, holders: all };
}
