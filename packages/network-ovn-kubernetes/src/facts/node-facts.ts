import {
  unlimited,
  type Cidr,
  type ClusterNetwork,
  type NetworkPlatform,
  type NodeFacts,
  type ReservedRange,
} from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';
import type { InnerNetwork, ParsedNode } from './parse-node.ts';

/** What OVN-Kubernetes says of nodes it knows nothing of. */
export const unknownNode: NodeFacts = { usable: false, subnets: [], capacity: unlimited, addresses: [] };

/** What OVN-Kubernetes says of each node. */
export function nodeFactsOf(nodes: readonly ParsedNode[], platform: NetworkPlatform): ReadonlyMap<string, NodeFacts> {
  const othersTell = nodes.some(({ hostSubnets }) => hostSubnets !== undefined);
  const { isCloud, attaches } = platform;
  return new Map(
    nodes.map((node): [string, NodeFacts] => {
      const subnets = subnetsOf(node, platform, othersTell);
      return [
        node.name,
        {
          usable: true,
          ...(subnets === undefined ? {} : { subnets }),
          capacity: isCloud && !attaches ? (node.announced?.capacity ?? unlimited) : unlimited,
          addresses: node.addresses,
        },
      ];
    }),
  );
}

function subnetsOf(
  node: ParsedNode,
  { isCloud, attaches }: NetworkPlatform,
  othersTell: boolean,
): readonly Cidr[] | undefined {
  // Nothing is assigned to a node without `host-cidrs`, such as one of Windows, which a cloud announces like any other.
  // Old releases have it nowhere.
  if (othersTell && node.hostSubnets === undefined) return [];
  const known = [...(node.primarySubnets ?? []), ...(node.hostSubnets ?? [])];
  // This project looks at the interfaces itself, where nodes do not tell.
  if (attaches) return known.length > 0 ? known : undefined;
  if (isCloud) return node.announced?.subnets ?? [];
  return node.primarySubnets === undefined ? (node.announced?.subnets ?? known) : known;
}

/** Default gateways, each once: they answer for their address, whoever else has it. */
export function reservedOf(nodes: readonly ParsedNode[]): readonly ReservedRange[] {
  const reserved = new Map<unknown, ReservedRange>();
  for (const { name, gateways } of nodes) {
    for (const address of gateways) {
      if (reserved.has(address)) continue;
      reserved.set(address, { first: address, last: address, reason: `it is the default gateway of node ${name}` });
    }
  }
  return [...reserved.values()];
}

type InnerNetworks = readonly (readonly [InnerNetwork['network'], readonly Cidr[]])[];

/**
 * What OVN-Kubernetes takes where it is told nothing else; a cluster whose nodes tell of any of a group has what they
 * tell alone. What it masquerades IPv4 with lies in the link-local addresses.
 */
const defaultNetworks: readonly InnerNetworks[] = [
  [
    ['join', parseCidrs(['100.64.0.0/16', 'fd98::/64'])],
    ['transit', parseCidrs(['100.88.0.0/16', 'fd97::/64'])],
  ],
  [['masquerade', parseCidrs(['fd69::/125'])]],
];

/** Networks inside the cluster: between nodes, inside of them, and of pods. */
export function innerNetworksOf(nodes: readonly ParsedNode[]): readonly ClusterNetwork[] {
  const networks = new Map<string, ClusterNetwork>();
  const note = ({ network, cidr }: InnerNetwork): void => {
    networks.set(cidr.text, { cidr, what: `the ${network} network of OVN-Kubernetes` });
  };
  for (const { innerNetworks } of nodes) innerNetworks.forEach(note);
  const told = new Set(nodes.flatMap(({ innerNetworks }) => innerNetworks.map(({ network }) => network)));
  for (const group of defaultNetworks.filter((networks) => !networks.some(([network]) => told.has(network))))
    for (const [network, cidrs] of group) for (const cidr of cidrs) note({ network, cidr });
  return [...networks.values()];
}
