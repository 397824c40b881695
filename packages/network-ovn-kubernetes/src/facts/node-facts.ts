import {
  egressIPConfigAnnotation,
  unlimited,
  type Cidr,
  type ClusterNetwork,
  type Finding,
  type NetworkPlatform,
  type NodeFacts,
  type ReservedRange,
} from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';
import { hostCidrsAnnotation, type InnerNetwork, type ParsedNode } from './parse-node.ts';

/** What OVN-Kubernetes says of nodes it knows nothing of. */
export const unknownNode: NodeFacts = { usable: false, subnets: [], capacity: unlimited, addresses: [] };

/** What OVN-Kubernetes says of each node. */
export function nodeFactsOf(nodes: readonly ParsedNode[], platform: NetworkPlatform): ReadonlyMap<string, NodeFacts> {
  const othersTell = nodes.some(tellsHostCidrs);
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

/**
 * Nodes that stop the assignment of every address in the cluster: before each one the cluster manager looks for it in
 * `host-cidrs` of all nodes, those of the hybrid overlay aside, and gives up where one has none
 * (`isEgressIPAddrConflict`). What is assigned stays.
 */
export function reportSilentNodes(nodes: readonly ParsedNode[]): readonly Finding[] {
  if (!nodes.some(tellsHostCidrs)) return [];
  return nodes
    .filter((node) => !tellsHostCidrs(node) && !isOutside(node))
    .map(({ name }) => ({
      code: 'NodeWithoutHostCIDRs',
      severity: 'warning',
      object: { kind: 'Node', name },
      message: `it has no annotation ${hostCidrsAnnotation} that can be read; until it has, OVN-Kubernetes assigns no address anew to any node, not even those of a node that fails. Look at its ovnkube-node pod, or delete the Node if it never came up`,
    }));
}

/**
 * Nodes of a cloud to which the cluster's own controller of interfaces has not come: OVN-Kubernetes knows neither their
 * subnets nor how many addresses they take, and gives them none.
 */
export function reportUnannounced(
  nodes: readonly ParsedNode[],
  { isCloud, attaches }: NetworkPlatform,
): readonly Finding[] {
  if (!isCloud || attaches) return [];
  return nodes
    .filter(({ announced }) => announced === undefined)
    .map(({ name }) => ({
      code: 'NodeWithoutEgressIPConfig',
      severity: 'warning',
      object: { kind: 'Node', name },
      message: `it has no annotation ${egressIPConfigAnnotation} that can be read, so that neither its subnets in the cloud nor its limits are known, and it gets no addresses. Look at the pods of cloud-network-config-controller`,
    }));
}

function tellsHostCidrs({ hostSubnets }: ParsedNode): boolean {
  return hostSubnets !== undefined;
}

/** Of the hybrid overlay, as those of Windows are. */
function isOutside({ source, innerNetworks }: ParsedNode): boolean {
  return (
    source.labels['kubernetes.io/os'] === 'windows' || innerNetworks.some(({ network }) => network === 'hybrid overlay')
  );
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
