import type { NodeSnapshot } from '@egressip-ipam/core';
import { hostnameLabel } from '../kinds/names.ts';
import type { ParsedCiliumNode } from './cilium-nodes.ts';

/** The nodes as Cilium's agents know them. */
export interface KnownNodes {
  /** The hostname by which agents find a node. */
  readonly hostnameOf: (node: NodeSnapshot) => string | undefined;
  /** The node that agents find by a hostname: of several the first by name. */
  readonly firstWith: (hostname: string) => string | undefined;
  /** Whether others are told, and this node is not: agents find it by nothing. */
  readonly isMissing: (name: string) => boolean;
}

/**
 * Agents look at CiliumNodes alone, to each of which the node's own agent copies the labels of its Node: a dead one's
 * stay what they were, and where no agent ever ran there is none. Where none has labels, Nodes stand for them.
 */
export function knownNodes(nodes: readonly NodeSnapshot[], told: readonly ParsedCiliumNode[]): KnownNodes {
  const byName = new Map(told.map((node) => [node.name, node]));
  const isCopied = told.some(({ hostname }) => hostname !== undefined);
  const isMissing = (name: string): boolean => isCopied && !byName.has(name);
  const hostnameOf = ({ name, labels }: NodeSnapshot): string | undefined => {
    if (isMissing(name)) return undefined;
    const hostname = byName.get(name)?.hostname ?? labels[hostnameLabel];
    return hostname === '' ? undefined : hostname;
  };
  const first = new Map<string, string>();
  const add = (name: string, hostname: string | undefined): void => {
    const other = hostname === undefined ? undefined : first.get(hostname);
    if (hostname !== undefined && (other === undefined || name < other)) first.set(hostname, name);
  };
  for (const node of nodes) add(node.name, hostnameOf(node));
  // One whose Node is gone is found all the same.
  const names = new Set(nodes.map(({ name }) => name));
  for (const { name, hostname } of told) if (!names.has(name) && hostname !== '') add(name, hostname);
  return { hostnameOf, firstWith: (hostname) => first.get(hostname), isMissing };
}
