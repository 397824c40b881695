import { isVersion6 } from '../stand-in/addresses.ts';
import { ownAddress, type CiliumNode, type CiliumPod } from './cilium-objects.ts';
import type { PolicyMaps } from './egress-agent.ts';

/** What becomes of a packet. */
export type CiliumTraffic =
  /** To a pod or node of the cluster: no policy is asked. */
  | { readonly kind: 'in-cluster' }
  /** Out by a gateway. `held`: that node has the address on a device now, so that replies find it. */
  | { readonly kind: 'egress'; readonly node: string; readonly egressIP: string; readonly held: boolean }
  /** Out by the address of the pod's own node: no entry is for it, or one that excludes. */
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

/** As Cilium's drop metrics name them; the last is no drop of Cilium's, but nobody answers there. */
export type DropReason = 'No Egress Gateway found' | 'No Egress IP configured' | 'node is down';

/** The cluster as the datapath sees it. */
export interface CiliumDatapath {
  readonly pods: readonly CiliumPod[];
  readonly nodes: readonly CiliumNode[];
  readonly maps: (node: string) => PolicyMaps | undefined;
  /** Whether the machine forwards packets; its agent may be dead all the same. */
  readonly isUp: (node: string) => boolean;
  readonly addresses: (node: string) => ReadonlySet<string>;
}

/**
 * The way of a packet from a pod (`bpf/lib/egress_gateway.h`): the pod's node redirects, the gateway translates, each
 * by its own map.
 */
export function ciliumTraffic(
  { pods, nodes, maps, isUp, addresses }: CiliumDatapath,
  pod: CiliumPod,
  destination: string,
): CiliumTraffic {
  const version6 = isVersion6(destination);
  if ([...pods, ...nodes].some((each) => each.addresses.includes(destination))) return { kind: 'in-cluster' };
  if (!isUp(pod.node)) return { kind: 'dropped', reason: 'node is down' };
  const source = pod.addresses.find((address) => isVersion6(address) === version6);
  const valueAt = (node: string) =>
    source === undefined ? undefined : maps(node)?.[version6 ? 6 : 4].lookup(source, destination);

  const first = valueAt(pod.node);
  if (first === undefined || first.kind === 'excluded') return { kind: 'node', node: pod.node };
  if (first.kind === 'no-gateway') return { kind: 'dropped', reason: 'No Egress Gateway found' };
  const gateway = nodes.find((node) => ownAddress(node, false) === first.address);
  if (gateway === undefined || !isUp(gateway.name)) return { kind: 'dropped', reason: 'node is down' };
  const second = valueAt(gateway.name);
  if (second?.kind !== 'gateway') return { kind: 'node', node: gateway.name };
  const { egressIP } = second;
  if (egressIP === undefined) return { kind: 'dropped', reason: 'No Egress IP configured' };
  return { kind: 'egress', node: gateway.name, egressIP, held: addresses(gateway.name).has(egressIP) };
}
