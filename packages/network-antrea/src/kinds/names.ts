import { annotationPrefix, formatAddress, parseAddress, type Address, type Cidr } from '@egressip-ipam/core';

/** On a Node: how many egress IPs Antrea puts there; integer text, 255 without it. */
export const maxEgressIPsAnnotation = 'node.antrea.io/max-egress-ips';

/** On a Node: its addresses on the interface for traffic between nodes, where that is one of its own, `IP,IP`. */
export const transportAddressesAnnotation = 'node.antrea.io/transport-addresses';

/** On an Egress of ours: the node whose interface has its address, where we place. */
export const nodeAnnotation = `${annotationPrefix}/node`;

/** On an Egress of ours: its namespace. */
export const namespaceLabel = `${annotationPrefix}/namespace`;

/** A label that no pod has: an Egress in reserve selects by it, and so nothing. */
export const reserveLabel = `${annotationPrefix}/reserve`;

/** By which a pool selects its nodes; kubelet sets it. */
export const hostnameLabel = 'kubernetes.io/hostname';

/** The label that every namespace has, with its name. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** The name of our Egress for a namespace's address. Namespaces have no dots, so that no two meet in one name. */
export function egressName(namespace: string, address: Address): string {
  return `egressip-ipam.${namespace}.${dashed(address)}`;
}

/** What the name of an Egress says; undefined where it is not one that we give. The spec may have lost its address. */
export function egressSubject(name: string): { readonly namespace: string; readonly address: Address } | undefined {
  const [, namespace, dashes] = /^egressip-ipam\.([a-z0-9-]+)\.([0-9a-f-]+)$/.exec(name) ?? [];
  const address = parseAddress((dashes ?? '').replaceAll('-', dashes?.split('-').length === 4 ? '.' : ':'));
  return namespace === undefined || address === undefined ? undefined : { namespace, address };
}

/** The name of our ExternalIPPool for a CIDR of an EgressIPAM. */
export function poolName(egressIPAM: string, { first, prefix }: Cidr): string {
  return `egressip-ipam.${egressIPAM}.${dashed(first)}-${prefix}`;
}

/** An address as part of an object's name: `10-0-0-1`, or all eight groups of an IPv6 one. */
function dashed(address: Address): string {
  if (typeof address === 'number') return formatAddress(address).replaceAll('.', '-');
  return Array.from({ length: 8 }, (_, index) => ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(
    '-',
  );
}
