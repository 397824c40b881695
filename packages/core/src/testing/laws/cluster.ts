import type { CidrObservation, NodeObservation } from '../../provider-contract/observation.ts';
import { byName } from '../../snapshot/compare-names.ts';
import type { ClusterSnapshot, EgressIPAMSnapshot, NodeSnapshot, ProviderSnapshot } from '../../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot, zoneLabel } from '../builders.ts';
import type { Happening, History } from './happening.ts';
import type { NetworkUnderTest } from './suite.ts';

/** What the cluster autoscaler puts on a node that it is about to take away. */
const leavingTaint = 'ToBeDeletedByClusterAutoscaler';

/** What an EgressIPAM may ask for, and what it may get wrong. */
const destinations: readonly Pick<EgressIPAMSnapshot, 'destinationCIDRs' | 'excludedCIDRs'>[] = [
  { destinationCIDRs: [], excludedCIDRs: [] },
  { destinationCIDRs: ['198.51.100.0/24', '203.0.113.0/24'], excludedCIDRs: ['203.0.113.128/25'] },
  { destinationCIDRs: ['2001:db8::/32'], excludedCIDRs: ['0.0.0.0/0'] },
  { destinationCIDRs: ['198.51.100.0/33'], excludedCIDRs: [] },
];

/** What a history knows beside the cluster. */
export interface Memory {
  /** Addresses that people put on nodes, as `NODE/ADDRESS`. */
  readonly foreign: Set<string>;
  /** Namespaces whose owner asked for a change since the last plan. */
  readonly asked: Set<string>;
}

/** The cluster at the beginning of a history. */
export function beginning(network: NetworkUnderTest, { topology, nodes: count, limit }: History): ClusterSnapshot {
  const dress = network.dressNode ?? ((node: NodeSnapshot): NodeSnapshot => node);
  const zoneOf = (index: number): string => (topology === 'two-zones' && index % 2 === 1 ? 'b' : 'a');
  const nodes = Array.from({ length: count }, (_, index) => dress(aNode(`n${index}`, zoneOf(index))));
  const second = topology === 'two-zones' ? 'b' : 'a';
  const cidrs = topology === 'one-cidr' ? ['10.0.0.0/27=a'] : ['10.0.0.0/27=a', `10.0.1.0/27=${second}`];
  const others = topology === 'one-cidr' ? ['10.9.0.0/27=z'] : ['10.9.0.0/27=z', '10.9.1.0/27=z'];
  const egressIPAMs = [anEgressIPAM(cidrs), anEgressIPAM(others, { name: 'other', createdAt: '2026-01-01T01:00:00Z' })];
  const all = [...nodes, dress(aNode('n8', 'z')), dress(aNode('n9', 'z'))];
  const settings = network.settings === undefined ? {} : { settings: network.settings };
  const parts = { nodes: all, egressIPAMs, network: { ...settings, name: network.backend.name, objects: {} } };
  const snapshot = aSnapshot(parts, network.backend);
  return limit === undefined || network.attaches === false ? snapshot : withInterfaces(snapshot, limit);
}

/** The same cluster on a platform whose interfaces carry a limited number of addresses. */
function withInterfaces(snapshot: ClusterSnapshot, limit: number): ClusterSnapshot {
  const bases = ['10.0.0.0', '10.0.1.0', '10.9.0.0', '10.9.1.0'];
  const cidrs = bases.flatMap((base) =>
    [26, 27, 28, 29, 30].map((prefix): CidrObservation => ({ cidr: `${base}/${prefix}`, inUse: [], reserved: [base] })),
  );
  const observation = { nodes: snapshot.nodes.map((node) => seen(node, limit)), cidrs };
  return {
    ...snapshot,
    provider: { name: 'memory', attach: true, cloud: true, observationRequired: true, observation },
  };
}

function seen(node: NodeSnapshot, limit: number): NodeObservation {
  const addresses = [{ address: node.addresses[0] ?? '', primary: true }];
  const main = { id: `nic-${node.name}`, main: true, subnets: ['10.0.0.0/8'], addresses };
  return { node: node.name, limits: { ipv4: limit + 1 }, interfaces: [main] };
}

/** The cluster after something has happened; undefined where nothing has. */
export function happen(
  network: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  event: Exclude<Happening, { type: 'steps' }>,
  memory: Memory,
): ClusterSnapshot | undefined {
  const name = 'which' in event ? `ns${event.which}` : '';
  const node = 'which' in event ? `n${event.which}` : '';
  switch (event.type) {
    case 'namespace-added':
      return addNamespace(network, snapshot, name, event.which, event.input);
    case 'namespace-removed': {
      // One that is there: of eight names few are, and what is left of a namespace would be looked at too seldom.
      const gone = snapshot.namespaces[event.which % Math.max(snapshot.namespaces.length, 1)];
      if (gone !== undefined) memory.asked.add(gone.name);
      return { ...snapshot, namespaces: snapshot.namespaces.filter((entry) => entry !== gone) };
    }
    case 'opted-out':
      memory.asked.add(name);
      return editNamespace(snapshot, name, ({ egressIPAM: _egressIPAM, ...rest }) => rest);
    case 'switched':
      memory.asked.add(name);
      return editNamespace(snapshot, name, (entry) => ({
        ...entry,
        egressIPAM: entry.egressIPAM === 'pool' ? 'other' : 'pool',
      }));
    case 'asked':
      memory.asked.add(name);
      return editNamespace(snapshot, name, (entry) => ({ ...entry, egressIPs: inputOf(snapshot, event.input) }));
    case 'garbled':
      memory.asked.add(name);
      return editNamespace(snapshot, name, (entry) => ({ ...entry, egressIPs: '10.0.0.300,,nonsense' }));
    case 'node-flipped':
      return editNode(snapshot, node, (entry) => ({ ...entry, ready: !entry.ready }));
    case 'node-cordoned':
      return editNode(snapshot, node, ({ unschedulable, ...rest }) =>
        unschedulable === true ? rest : { ...rest, unschedulable: true },
      );
    case 'node-leaving':
      return editNode(snapshot, node, ({ taints, ...rest }) =>
        taints === undefined ? { ...rest, taints: [leavingTaint] } : rest,
      );
    case 'node-relabelled':
      return editNode(snapshot, node, (entry) => ({
        ...entry,
        labels: { ...entry.labels, [zoneLabel]: entry.labels[zoneLabel] === 'a' ? 'b' : 'a' },
      }));
    case 'node-removed':
      return removeNode(network, snapshot, node, event.which % 2 === 1, memory);
    case 'node-added':
      return addNode(network, snapshot, node);
    case 'pool-resized':
      return editPool(snapshot, (pool) => ({
        ...pool,
        cidrAssignments: pool.cidrAssignments.map((entry) => ({
          ...entry,
          CIDR: entry.CIDR.replace(/\d+$/, String(event.prefix)),
        })),
      }));
    case 'pool-drained':
      return editPool(snapshot, (pool) => ({
        ...pool,
        cidrAssignments: pool.cidrAssignments.map((entry, index) =>
          index === event.which % 2 ? { ...entry, drain: entry.drain !== true } : entry,
        ),
      }));
    case 'destinations-changed':
      return editPool(snapshot, (pool) => ({ ...pool, ...destinations[event.which % destinations.length] }));
    case 'pool-deleted':
      for (const namespace of snapshot.namespaces) memory.asked.add(namespace.name);
      return editPool(snapshot, (pool) => ({ ...pool, deletedAt: '2026-02-01T00:00:00Z' }));
    case 'hosted-by-hand':
      return hostByHand(network, snapshot, node, `10.0.0.${event.address}`, memory);
  }
}

/** One address in each CIDR of the first EgressIPAM. */
function inputOf(snapshot: ClusterSnapshot, number: number): string {
  const pool = snapshot.egressIPAMs.find(({ name }) => name === 'pool');
  return (pool?.cidrAssignments ?? []).map((_, index) => `10.0.${index}.${number}`).join(',');
}

function addNamespace(
  { backend }: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  name: string,
  age: number,
  input: number | undefined,
): ClusterSnapshot | undefined {
  if (snapshot.namespaces.some((entry) => entry.name === name)) return undefined;
  const namespace = aNamespace(name, age, input === undefined ? {} : { egressIPs: inputOf(snapshot, input) });
  const { objects } = snapshot.network;
  const provisioned = backend.provision?.(objects, { nodes: [], namespaces: [name] }) ?? objects;
  return {
    ...snapshot,
    namespaces: [...snapshot.namespaces, namespace].sort(byName),
    network: { ...snapshot.network, objects: provisioned },
  };
}

function addNode(network: NetworkUnderTest, snapshot: ClusterSnapshot, name: string): ClusterSnapshot | undefined {
  if (snapshot.nodes.some((entry) => entry.name === name)) return undefined;
  const node = (network.dressNode ?? ((entry) => entry))(aNode(name, 'a'));
  const { objects } = snapshot.network;
  const provisioned = network.backend.provision?.(objects, { nodes: [node], namespaces: [] }) ?? objects;
  const { observation } = snapshot.provider;
  const provider: ProviderSnapshot =
    observation === undefined
      ? snapshot.provider
      : { ...snapshot.provider, observation: { ...observation, nodes: [...observation.nodes, seen(node, 3)] } };
  return {
    ...snapshot,
    nodes: [...snapshot.nodes, node].sort(byName),
    network: { ...snapshot.network, objects: provisioned },
    provider,
  };
}

/** A node goes; the network's objects of it may outlive it for a while. */
function removeNode(
  { backend }: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  name: string,
  objectsOutlive: boolean,
  memory: Memory,
): ClusterSnapshot {
  const left = {
    ...snapshot,
    nodes: snapshot.nodes.filter((entry) => entry.name !== name),
    provider: withoutNode(snapshot.provider, name),
  };
  if (objectsOutlive) return left;
  for (const entry of memory.foreign) if (entry.startsWith(`${name}/`)) memory.foreign.delete(entry);
  const { objects } = snapshot.network;
  const remaining = backend.withoutNodes?.(objects, (node) => node === name) ?? objects;
  return { ...left, network: { ...snapshot.network, objects: remaining } };
}

function withoutNode(provider: ProviderSnapshot, name: string): ProviderSnapshot {
  const { observation } = provider;
  if (observation === undefined) return provider;
  const gone = observation.nodes.find(({ node }) => node === name);
  const carried = new Set(
    gone === undefined || 'error' in gone
      ? []
      : gone.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
  );
  const cidrs = observation.cidrs.map((cidr) =>
    'error' in cidr ? cidr : { ...cidr, inUse: cidr.inUse.filter(({ address }) => !carried.has(address)) },
  );
  return { ...provider, observation: { nodes: observation.nodes.filter(({ node }) => node !== name), cidrs } };
}

/** A person puts an address on a node that nobody has or mentions. */
function hostByHand(
  network: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  node: string,
  address: string,
  memory: Memory,
): ClusterSnapshot | undefined {
  const isMentioned = JSON.stringify([
    snapshot.namespaces,
    snapshot.network.objects,
    snapshot.egressIPAMs.map(({ released }) => released),
  ])
    .split(/[^0-9.]+/)
    .includes(address);
  // Where the network chooses among the nodes of a CIDR, what a person puts there is the network's to take off.
  const isNetworks = placesByCidr(network, snapshot);
  if (isMentioned || isNetworks || !snapshot.nodes.some(({ name }) => name === node)) return undefined;
  const objects = network.hostByHand?.(snapshot.network.objects, node, address);
  if (objects === undefined) return undefined;
  memory.foreign.add(`${node}/${address}`);
  return { ...snapshot, network: { ...snapshot.network, objects } };
}

/** Whether the network chooses among nodes that have a CIDR. */
export function placesByCidr(
  { backend, settings = {} }: NetworkUnderTest,
  { provider, egressIPAMs }: ClusterSnapshot,
): boolean {
  const { placement } = backend.traits(settings, { isCloud: provider.cloud, attaches: provider.attach });
  return egressIPAMs.some(
    ({ name, cidrAssignments }) => placement({ name, cidrs: cidrAssignments.length }) === 'us-by-cidr',
  );
}

type Namespace = ClusterSnapshot['namespaces'][number];

function editNamespace(
  snapshot: ClusterSnapshot,
  name: string,
  edit: (namespace: Namespace) => Namespace,
): ClusterSnapshot {
  return { ...snapshot, namespaces: snapshot.namespaces.map((entry) => (entry.name === name ? edit(entry) : entry)) };
}

function editNode(
  snapshot: ClusterSnapshot,
  name: string,
  edit: (node: NodeSnapshot) => NodeSnapshot,
): ClusterSnapshot {
  return { ...snapshot, nodes: snapshot.nodes.map((entry) => (entry.name === name ? edit(entry) : entry)) };
}

function editPool(snapshot: ClusterSnapshot, edit: (pool: EgressIPAMSnapshot) => EgressIPAMSnapshot): ClusterSnapshot {
  return {
    ...snapshot,
    egressIPAMs: snapshot.egressIPAMs.map((entry) => (entry.name === 'pool' ? edit(entry) : entry)),
  };
}

/** Whether this project alone chooses the node of every address. */
export function placesByUs(
  { backend, settings = {} }: NetworkUnderTest,
  { provider, egressIPAMs }: ClusterSnapshot,
): boolean {
  const { placement } = backend.traits(settings, { isCloud: provider.cloud, attaches: provider.attach });
  return egressIPAMs.every(({ name, cidrAssignments }) => placement({ name, cidrs: cidrAssignments.length }) === 'us');
}
