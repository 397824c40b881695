import {
  type Address,
  type AddressUse,
  type ClusterNetwork,
  type FactsReader,
  type Finding,
  type HostedAddress,
  type NetworkFacts,
  type NetworkObstacle,
  type NetworkView,
  type NodeSnapshot,
  type ReservedRange,
} from '@egressip-ipam/core';
import {
  createJudge,
  entriesOf,
  ListMemo,
  rangesIn,
  reportUnproven,
  reservedBy,
  type ByNamespace,
} from '@egressip-ipam/core/plugin';
import { cloudPrivateIPConfigKind } from '../kinds/cloud-private-ip-config.ts';
import { egressIPKind, type EgressIPEntry } from '../kinds/egress-ip.ts';
import { managerLeaseKind } from '../kinds/manager-lease.ts';
import { egressIPName } from '../kinds/names.ts';
import { refusedByCloud } from './cloud-refusals.ts';
import { managerPresence } from './manager-away.ts';
import { reportDuplicateMarks } from './marks.ts';
import {
  innerNetworksOf,
  nodeFactsOf,
  reportSilentNodes,
  reportUnannounced,
  reservedOf,
  unknownNode,
} from './node-facts.ts';
import { isUnproven, ownershipOf, proven, type Ownership, type Proven } from './ownership.ts';
import { ConfigParser, type ParsedConfig } from './parse-config.ts';
import { ParsedEgressIP } from './parse-egress-ip.ts';
import { parseNode, type ParsedNode } from './parse-node.ts';

/** What OVN-Kubernetes' objects say, with what `render` needs of them. */
export interface OvnKubernetesFacts extends NetworkFacts {
  readonly bindings: ByNamespace<ParsedEgressIP>;
  readonly ownership: Ownership;
  readonly configs: readonly ParsedConfig[];
  readonly nodes: readonly ParsedNode[];
  /** When the cluster manager is away, or there, unless it is heard of, in milliseconds since 1970. */
  readonly managerChangesAt?: number;
  /** EgressIPs of ours that the cluster manager, which is away, has not come to see. */
  readonly unseen: ReadonlySet<ParsedEgressIP>;
}

/** So many names of nodes and texts of selectors are kept once each: more than a cluster has at a time. */
const mostTexts = 20_000;

/** Makes a reader that parses each object once in its life. */
export function createFactsReader(): FactsReader {
  const texts = new Map<string, string>();
  const intern = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    // Nodes come and go as long as a process lives.
    if (texts.size >= mostTexts) texts.clear();
    texts.set(text, text);
    return text;
  };
  const egressIPs = new ListMemo((source: EgressIPEntry) => new ParsedEgressIP(source, intern));
  const judge = createJudge(isUnproven, ({ source }: ParsedEgressIP) => new ParsedEgressIP(source, intern, true));
  const configs = new ConfigParser();
  const nodes = new ListMemo((source: NodeSnapshot) => {
    // What EgressIPs say of a node then is its own name, which sets and maps tell by identity.
    intern(source.name);
    return parseNode(source);
  });
  let ours: FromEgressIPs = fromEgressIPs([]);
  let inner: { readonly nodes: readonly ParsedNode[]; readonly networks: readonly ClusterNetwork[] } | undefined;
  return {
    read: (view) => {
      const parsedNodes = nodes.parseAll(view.nodes);
      const all = judge(egressIPs.parseAll(entriesOf(view.objects, egressIPKind)), view);
      if (all !== ours.egressIPs) ours = fromEgressIPs(all);
      const parsedConfigs = configs.parseAll(entriesOf(view.objects, cloudPrivateIPConfigKind));
      if (inner?.nodes !== parsedNodes) inner = { nodes: parsedNodes, networks: innerNetworksOf(parsedNodes) };
      return factsOf(view, ours, parsedConfigs, parsedNodes, inner.networks);
    },
  };
}

/** What depends on EgressIPs alone. */
interface FromEgressIPs extends Proven {
  readonly findings: readonly Finding[];
}

function fromEgressIPs(egressIPs: readonly ParsedEgressIP[]): FromEgressIPs {
  return { ...proven(egressIPs), findings: reportDuplicateMarks(egressIPs) };
}

function factsOf(
  view: NetworkView,
  ours: FromEgressIPs,
  configs: readonly ParsedConfig[],
  nodes: readonly ParsedNode[],
  clusterNetworks: readonly ClusterNetwork[],
): OvnKubernetesFacts {
  const { egressIPs } = ours;
  const ownership = ownershipOf(ours, view);
  const { ofNamespace, surplus, foreign } = ownership;
  const strangers = new Set(foreign);
  const nodeFacts = nodeFactsOf(nodes, view.platform);
  const manager = managerPresence(entriesOf(view.objects, managerLeaseKind), view.time, egressIPs);
  return {
    hosts: foreign.length === 0 ? egressIPs : egressIPs.filter((egressIP) => !strangers.has(egressIP)),
    bindings: ofNamespace,
    reserved: [...reservedOf(nodes), ...foreign.flatMap(othersOf)],
    clusterNetworks,
    used: foreign.flatMap(usesOf),
    mentioned: [
      ...configs.map(({ address }) => address),
      ...surplus.flatMap(({ addresses, unconfirmed }) => [...addresses, ...unconfirmed]),
    ],
    refused: refusedByCloud(configs, egressIPs, view),
    occupied: view.platform.isCloud ? occupiedBy(egressIPs, configs) : [],
    nodeOf: (node) => nodeFacts.get(node) ?? unknownNode,
    obstacleOf: obstacles(foreign, ofNamespace),
    ...(manager.obstacle === undefined ? {} : { standstill: manager.obstacle }),
    ...(manager.changesAt === undefined ? {} : { managerChangesAt: manager.changesAt }),
    unseen: manager.unseen,
    findings: [
      ...nodes.flatMap(({ findings }) => findings),
      ...reportSilentNodes(nodes),
      ...reportUnannounced(nodes, view.platform),
      ...ours.findings,
      ...manager.findings,
      ...foreign.flatMap(unprovenIn),
    ],
    ownership,
    configs,
    nodes,
  };
}

/** Somebody else's may have our label, copied with the rest. */
function unprovenIn({ source, object, addresses }: ParsedEgressIP): readonly Finding[] {
  return source.egressIPAM === undefined ? [] : [reportUnproven(object, addresses)];
}

/** What an EgressIP names beside the addresses that are kept one by one. */
function othersOf({ object, source: { others = [] } }: ParsedEgressIP): readonly ReservedRange[] {
  return reservedBy(object, rangesIn(others));
}

function usesOf({ name, addresses, hosted }: ParsedEgressIP): readonly AddressUse[] {
  const used = new Set([...addresses, ...hosted.map(({ address }) => address)]);
  return [...used].map((address) => ({ address, by: `EgressIP ${name}` }));
}

/**
 * What the network has on nodes, and what the cloud has not taken back yet: it takes of the capacity that is announced.
 */
function occupiedBy(
  egressIPs: readonly ParsedEgressIP[],
  configs: readonly ParsedConfig[],
): readonly Pick<HostedAddress, 'address' | 'node'>[] {
  const occupied: Pick<HostedAddress, 'address' | 'node'>[] = [];
  const inCloud = new Set<Address>();
  for (const { address, node } of configs) {
    if (node === undefined) continue;
    inCloud.add(address);
    occupied.push({ address, node });
  }
  for (const { hosted } of egressIPs) {
    for (const entry of hosted) if (!inCloud.has(entry.address)) occupied.push(entry);
  }
  return occupied;
}

/** A namespace can have no EgressIP while somebody else's has its name. */
function obstacles(
  foreign: readonly ParsedEgressIP[],
  ofNamespace: ByNamespace<ParsedEgressIP>,
): (namespace: string) => NetworkObstacle | undefined {
  const names = new Set(foreign.map(({ name }) => name));
  return (namespace) => {
    const name = egressIPName(namespace);
    if (names.size === 0 || !names.has(name) || ofNamespace.get(namespace) !== undefined) return undefined;
    return {
      code: 'EgressIPConflict',
      message:
        `EgressIP ${name} is not ours and names other addresses or namespaces; delete it, or put its addresses ` +
        `into the namespace's annotation to have it adopted`,
    };
  };
}
