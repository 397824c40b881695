import {
  unlimited,
  type Address,
  type Finding,
  type NodeFacts,
  type NodeSnapshot,
  parseAddress,
  cidrContains,
  parseCidr,
} from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';
import { hostnameLabel } from '../kinds/names.ts';
import type { CiliumSettings } from './settings.ts';
import type { ParsedCiliumNode } from './cilium-nodes.ts';
import { knownNodes, type KnownNodes } from './known-nodes.ts';

/** The nodes as gateways. */
export interface GatewayNodes {
  readonly nodeOf: (node: string) => NodeFacts;
  /** The node that a policy selects by a hostname: of several the first by name, as Cilium takes it. */
  readonly byHostname: (hostname: string) => string | undefined;
  /** The hostname by which a policy selects a node. */
  readonly hostnameOf: (node: string) => string | undefined;
  readonly snapshotOf: (node: string) => NodeSnapshot | undefined;
  readonly findings: readonly Finding[];
}

const unknownNode: NodeFacts = { usable: false, capacity: unlimited, addresses: [] };

/** What an address must be in on a node whose own IPv6 address is a private one: all of IPv4, and private IPv6. */
const privateOnly = parseCidrs(['0.0.0.0/0', 'fc00::/7']);
const uniqueLocal = parseCidr('fc00::/7')?.cidr;

/**
 * A node can be a gateway when Cilium knows it by a hostname label that is its alone, as policies select by it, and it
 * has an IPv4 address, by which others tunnel to it. Nodes are sorted by name.
 */
export function gatewayNodes(
  nodes: readonly NodeSnapshot[],
  { prefersPublic }: CiliumSettings,
  told: readonly ParsedCiliumNode[],
): GatewayNodes {
  const addresses = new Map(told.map((node) => [node.name, node.addresses]));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const known = knownNodes(nodes, told);
  const facts = new Map<string, NodeFacts>();
  const findings: Finding[] = [];
  for (const node of nodes) {
    const hostname = known.hostnameOf(node);
    const usable = hostname !== undefined && known.firstWith(hostname) === node.name;
    if (!usable) findings.push(...unusable(node, known));
    const subnets = prefersPublic && isPrivateIPv6(node) ? { subnets: privateOnly } : {};
    facts.set(node.name, { usable, ...subnets, capacity: unlimited, addresses: addresses.get(node.name) ?? [] });
  }
  return {
    nodeOf: (name) => facts.get(name) ?? unknownNode,
    byHostname: (hostname) => {
      const first = known.firstWith(hostname);
      return first !== undefined && byName.has(first) ? first : undefined;
    },
    hostnameOf: (name) => {
      const node = byName.get(name);
      return node === undefined ? undefined : known.hostnameOf(node);
    },
    snapshotOf: (name) => byName.get(name),
    findings,
  };
}

/** Why a node gets no addresses, where that is not plain: one that joins is not Ready before Cilium's agent runs. */
function unusable(node: NodeSnapshot, known: KnownNodes): readonly Finding[] {
  const { name, labels } = node;
  const about = { severity: 'warning', object: { kind: 'Node', name } } as const;
  if (known.isMissing(name)) {
    const message = `Node ${name} has no CiliumNode, and Cilium chooses gateways among these alone: it gets no addresses. See whether Cilium's agent runs there, which makes it.`;
    return node.ready ? [{ ...about, code: 'CiliumNodeMissing', message }] : [];
  }
  const hostname = known.hostnameOf(node);
  if (hostname !== undefined) {
    const message = `Node ${name} has the label ${hostnameLabel}=${hostname} of node ${known.firstWith(hostname) ?? ''}, and Cilium would take that one as the gateway: it gets no addresses. Give it a label of its own.`;
    return [{ ...about, code: 'HostnameLabelShared', message }];
  }
  const message =
    labels[hostnameLabel] === undefined
      ? `Node ${name} has no label ${hostnameLabel}, by which Cilium's policies select a gateway: it gets no addresses. Set the label.`
      : `The CiliumNode of node ${name} has no label ${hostnameLabel}, by which Cilium's policies select a gateway, though the Node has: it gets no addresses. See whether Cilium's agent runs there, which copies it.`;
  return [{ ...about, code: 'HostnameLabelMissing', message }];
}

/**
 * Since Cilium 1.19 a public address beats a private one for masquerading: it would become the source of all pods of
 * the node. In IPv4 `scope host` keeps the agent's addresses out of that choice; IPv6 has no such scope.
 */
function isPrivateIPv6({ addresses }: NodeSnapshot): boolean {
  const own = addresses
    .map((text) => parseAddress(text))
    .filter((address): address is Address & bigint => typeof address === 'bigint');
  return own.length > 0 && own.every((address) => uniqueLocal !== undefined && cidrContains(uniqueLocal, address));
}
