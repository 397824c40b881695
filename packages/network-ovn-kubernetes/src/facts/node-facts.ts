import { unlimited, type Cidr, type NetworkPlatform, type NodeFacts, type ReservedRange } from '@egressip-ipam/core';
import type { ParsedNode } from './parse-node.ts';

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
