import { claimsOf, type HostSubnet, type NetNamespace } from './sdn-objects.ts';

/** How a namespace's traffic leaves the cluster. */
export type SdnTraffic =
  /** It asks for no egress IP: with the address of the node that the pod is on. */
  | { readonly kind: 'node' }
  /** With these addresses, of these nodes. */
  | { readonly kind: 'active'; readonly via: readonly { readonly egressIP: string; readonly node: string }[] }
  /** Not at all: none of its egress IPs is active. */
  | { readonly kind: 'dropped'; readonly reasons: readonly string[] };

/**
 * What OpenShift SDN does with each namespace's traffic (`pkg/network/common/egressip.go` of openshift/sdn).
 *
 * An address is active when exactly one HostSubnet and exactly one NetNamespace have it, no other address of the
 * namespace is on that node, the node is online, and the address is no node's own. A namespace that shares an address
 * with another is dropped whole, as is one that asks for addresses of which none is active.
 *
 * @param offline names of nodes that do not answer
 */
export function sdnTraffic(
  hostSubnets: readonly HostSubnet[],
  netNamespaces: readonly NetNamespace[],
  offline: ReadonlySet<string>,
): Map<string, SdnTraffic> {
  const hosts = claimsOf(hostSubnets);
  const claimants = claimsOf(netNamespaces);
  const nodeAddresses = new Set(hostSubnets.map(({ hostIP }) => hostIP));
  return new Map(
    netNamespaces.map(({ name, egressIPs }): [string, SdnTraffic] => {
      if (egressIPs.length === 0) return [name, { kind: 'node' }];
      const addresses = [...new Set(egressIPs)];
      const shared = addresses.filter((address) => (claimants.get(address)?.length ?? 0) > 1);
      if (shared.length > 0) {
        return [
          name,
          {
            kind: 'dropped',
            reasons: shared.map(
              (address) => `Multiple namespaces (${claimants.get(address)?.join(', ')}) claiming EgressIP ${address}`,
            ),
          },
        ];
      }
      const nodeOf = (address: string): string | undefined =>
        hosts.get(address)?.length === 1 ? hosts.get(address)?.[0] : undefined;
      const via: { egressIP: string; node: string }[] = [];
      const reasons: string[] = [];
      for (const egressIP of addresses) {
        const node = nodeOf(egressIP);
        const others = addresses.filter((other) => other !== egressIP && nodeOf(other) === node);
        if (nodeAddresses.has(egressIP)) reasons.push(`EgressIP ${egressIP} is a node's own address`);
        else if (node === undefined)
          reasons.push(
            `${hosts.has(egressIP) ? `Multiple nodes (${hosts.get(egressIP)?.join(', ')})` : 'No node'} claiming EgressIP ${egressIP}`,
          );
        else if (others.length > 0)
          reasons.push(`Multiple EgressIPs (${[egressIP, ...others].join(', ')}) of namespace ${name} on node ${node}`);
        else if (offline.has(node)) reasons.push(`Node ${node} of EgressIP ${egressIP} is offline`);
        else via.push({ egressIP, node });
      }
      return [name, via.length > 0 ? { kind: 'active', via } : { kind: 'dropped', reasons }];
    }),
  );
}
