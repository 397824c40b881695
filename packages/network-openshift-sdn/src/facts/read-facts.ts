import {
  unlimited,
  type Address,
  type FactsReader,
  type NetworkFacts,
  type NetworkObstacle,
  type NetworkView,
  type NodeFacts,
} from '@egressip-ipam/core';
import { entriesOf, ListMemo, NamespaceIndex, reservedBy } from '@egressip-ipam/core/plugin';
import { addressOfConfig, cloudPrivateIPConfigKind } from '../kinds/cloud-private-ip-config.ts';
import { hostSubnetKind } from '../kinds/host-subnet.ts';
import { netNamespaceKind } from '../kinds/net-namespace.ts';
import { reportDeparted, reservedOf } from './departed-nodes.ts';
import { overlongObstacle } from './overlong.ts';
import { groupByNetwork, joinedProjects } from './joined-projects.ts';
import { parseHostSubnet, type ParsedHostSubnet } from './parse-host-subnet.ts';
import { parseNetNamespace, type ParsedNetNamespace } from './parse-net-namespace.ts';
import { nodeFactsOf, parseNode, type ParsedNode } from './parse-node.ts';

/** What OpenShift SDN's objects say, with what `render` needs of them. */
export interface OpenShiftSdnFacts extends NetworkFacts {
  readonly hosts: readonly ParsedHostSubnet[];
  /** Why namespaces cannot be served, by name. */
  readonly obstacles: ReadonlyMap<string, NetworkObstacle>;
  /** Namespaces of which nobody can say by whose addresses they leave. */
  readonly uncertain: ReadonlySet<string>;
  readonly hostSubnetOf: (node: string) => ParsedHostSubnet | undefined;
  /** NetNamespaces that are never written, by name: they are too long to be read whole. */
  readonly overlong: ReadonlySet<string>;
}

const unknownNode: NodeFacts = { usable: false, capacity: unlimited, addresses: [] };

/** Makes a reader that parses each object once in its life. */
export function createFactsReader(): FactsReader {
  const hostSubnets = new ListMemo(parseHostSubnet);
  const netNamespaces = new ListMemo(parseNetNamespace);
  const configs = new ListMemo(parseConfig);
  const nodes = new ListMemo(parseNode);
  let bound: Bindings = bindingsOf([]);
  return {
    read: (view) => {
      const all = netNamespaces.parseAll(entriesOf(view.objects, netNamespaceKind));
      if (all !== bound.netNamespaces) bound = bindingsOf(all);
      const hosts = hostSubnets.parseAll(entriesOf(view.objects, hostSubnetKind));
      const parsedNodes = nodes.parseAll(view.nodes);
      const mentioned = configs
        .parseAll(entriesOf(view.objects, cloudPrivateIPConfigKind))
        .flatMap(({ addresses }) => addresses);
      return factsOf(view, hosts, bound, parsedNodes, mentioned);
    },
  };
}

function parseConfig(entry: { readonly name: string }): {
  readonly name: string;
  readonly addresses: readonly Address[];
} {
  const address = addressOfConfig(entry);
  return { name: entry.name, addresses: address === undefined ? [] : [address] };
}

/** What depends on NetNamespaces alone. */
interface Bindings {
  readonly netNamespaces: readonly ParsedNetNamespace[];
  readonly byNamespace: NamespaceIndex<ParsedNetNamespace>;
  readonly joined: readonly (readonly ParsedNetNamespace[])[];
  /** Those that are too long to be read whole. */
  readonly overlong: readonly ParsedNetNamespace[];
}

function bindingsOf(netNamespaces: readonly ParsedNetNamespace[]): Bindings {
  return {
    netNamespaces,
    byNamespace: new NamespaceIndex(netNamespaces),
    joined: groupByNetwork(netNamespaces),
    overlong: netNamespaces.filter(({ others }) => others !== undefined),
  };
}

function factsOf(
  view: NetworkView,
  hosts: readonly ParsedHostSubnet[],
  { byNamespace, joined, overlong }: Bindings,
  nodes: readonly ParsedNode[],
  mentioned: readonly Address[],
): OpenShiftSdnFacts {
  const hostSubnetOf = new Map(hosts.map((hostSubnet) => [hostSubnet.name, hostSubnet]));
  const nodeFacts = new Map<string, NodeFacts>();
  for (const { name, announced } of nodes)
    nodeFacts.set(name, nodeFactsOf(hostSubnetOf.get(name), announced, view.platform));
  const withoutNode = hosts.filter(({ name }) => !nodeFacts.has(name));
  const { obstacles: joinedObstacles, findings, uncertain } = joinedProjects(joined, view);
  const obstacles = new Map([
    ...joinedObstacles,
    ...overlong.map((entry) => [entry.name, overlongObstacle(entry)] as const),
  ]);
  return {
    hosts,
    bindings: byNamespace,
    reserved: [
      ...reservedOf(withoutNode),
      ...[...hosts, ...overlong].flatMap(({ object, others = [] }) => reservedBy(object, others)),
    ],
    clusterNetworks: hosts.flatMap(({ name, pods }) =>
      pods === undefined ? [] : [{ cidr: pods, what: `the pods of HostSubnet ${name}` }],
    ),
    used: [],
    mentioned,
    refused: new Set(),
    occupied: [],
    nodeOf: (node) => nodeFacts.get(node) ?? unknownNode,
    obstacleOf: (namespace) => obstacles.get(namespace),
    obstacles,
    uncertain,
    findings: [...nodes.flatMap((node) => node.findings), ...reportDeparted(withoutNode), ...findings],
    hostSubnetOf: (node) => hostSubnetOf.get(node),
    overlong: new Set(overlong.map(({ name }) => name)),
  };
}
