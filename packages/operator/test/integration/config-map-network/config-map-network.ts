import {
  afterStep,
  asRecord,
  entriesOf,
  formatAddress,
  ObjectReader,
  parseAddress,
  unlimited,
  withEntries,
  type Address,
  type BindingFacts,
  type HostedAddress,
  type NetworkBackend,
  type NetworkDecisions,
  type NetworkEntry,
  type NetworkFacts,
  type NetworkKind,
  type NetworkStep,
  type Precondition,
  type Read,
} from '@egressip-ipam/core';

/** The namespace of the network's ConfigMaps. */
export const networkNamespace = 'egress-network';
/** What an entry of ours begins with; the name of the namespace follows. */
const ours = 'egressip-ipam ';

/** A node's ConfigMap: who sends traffic out by which address there. */
interface NodeEntry extends NetworkEntry {
  /** By address: `egressip-ipam NAMESPACE` for ours, anything else for what people put there. */
  readonly data: Readonly<Record<string, string>>;
}

const nodeKind: NetworkKind<NodeEntry> = {
  resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  namespace: networkNamespace,
  belongsTo: 'node',
  verbs: ['get', 'list', 'watch', 'patch'],
  read: (object: unknown): Read<NodeEntry> => {
    const reader = new ObjectReader(object, 'ConfigMap');
    return reader.result({ name: reader.name, data: reader.map('data') });
  },
};

interface Payload {
  readonly key: string;
  /** `null` takes the entry away. */
  readonly value: string | null;
}

function ownerOf(value: string): string | undefined {
  return value.startsWith(ours) ? value.slice(ours.length) : undefined;
}

function hostedBy({ name, data, unconfirmed = [] }: NodeEntry): readonly HostedAddress[] {
  const shown = Object.entries(data).flatMap(([key, value]): HostedAddress[] => {
    const address = parseAddress(key);
    const namespace = ownerOf(value);
    return address === undefined ? [] : [{ address, node: name, ours: namespace !== undefined, namespace, state: 'shown' }];
  });
  const doubted = unconfirmed.filter((text) => data[text] === undefined).flatMap((text): HostedAddress[] => {
    const address = parseAddress(text);
    return address === undefined ? [] : [{ address, node: name, ours: true, namespace: undefined, state: 'unconfirmed' }];
  });
  return [...shown, ...doubted];
}

function readFacts(entries: readonly NodeEntry[]): NetworkFacts {
  const hosts = entries.map((entry) => ({ object: { kind: 'ConfigMap', name: entry.name }, hosted: hostedBy(entry) }));
  const bindings = new Map<string, BindingFacts>();
  for (const { object, hosted } of hosts) {
    for (const { address, namespace, state } of hosted) {
      if (namespace === undefined || state !== 'shown') continue;
      const before = bindings.get(namespace)?.addresses ?? [];
      bindings.set(namespace, { namespace, object, ours: true, addresses: [...before, address], unconfirmed: [] });
    }
  }
  const there = new Set(entries.map(({ name }) => name));
  return {
    hosts,
    bindings,
    reserved: [],
    used: entries.flatMap(({ data }) =>
      Object.entries(data).flatMap(([key, by]) => {
        const address = parseAddress(key);
        return address === undefined || ownerOf(by) !== undefined ? [] : [{ address, by }];
      }),
    ),
    mentioned: [],
    refused: new Set(),
    occupied: hosts.flatMap(({ hosted }) => hosted.filter((entry) => !entry.ours)),
    nodeOf: (node) => ({ usable: there.has(node), capacity: unlimited, addresses: [] }),
    obstacleOf: () => undefined,
    findings: [],
  };
}

function stepOf(node: string, address: Address, namespace: string | null, after: readonly Precondition[]): NetworkStep {
  const key = formatAddress(address);
  const isHosted = namespace !== null;
  return {
    kind: 'network',
    action: isHosted ? 'host' : 'unhost',
    id: `${isHosted ? 'host' : 'unhost'} ${key} ${node}`,
    object: { kind: 'ConfigMap', name: node },
    node,
    ...(isHosted ? { namespace } : {}),
    effects: isHosted ? { hosted: [key], bound: [key] } : { unhosted: [key], unbound: [key] },
    after,
    payload: { key, value: isHosted ? `${ours}${namespace}` : null } satisfies Payload,
  };
}

/** An address leaves one node before it enters another (law 1), and any node when its namespace no longer has it on record (law 9). */
function render(decisions: NetworkDecisions, { hosts }: NetworkFacts): readonly NetworkStep[] {
  const leaving = new Map<Address, NetworkStep[]>();
  const staying = new Set<Address>();
  for (const { hosted } of hosts) {
    for (const { address, node, ours: isOurs, namespace, state } of hosted) {
      const owner = decisions.ownerOf(address);
      const target = owner === undefined ? undefined : decisions.nodeOf(address);
      const isPlaced = isOurs && target === node && (namespace ?? owner) === owner;
      if (isPlaced && state === 'shown') staying.add(address);
      const isGone = isOurs && !isPlaced && (owner !== undefined || decisions.isLeaving(address));
      if (isGone) leaving.set(address, [...(leaving.get(address) ?? []), stepOf(node, address, null, owner === undefined ? decisions.order.beforeForgetting(address) : [])]);
    }
  }
  const arriving = decisions.claims.flatMap(({ namespace, addresses, releases }) =>
    addresses.flatMap((address): NetworkStep[] => {
      const node = decisions.nodeOf(address);
      if (releases || node === undefined || staying.has(address)) return [];
      const gone = (leaving.get(address) ?? []).map(({ id }) => afterStep(id));
      return [stepOf(node, address, namespace, [...gone, ...decisions.order.beforeHosting(address), ...decisions.order.beforeBinding(address)])];
    }),
  );
  return [...leaving.values()].flat().concat(arriving);
}

/** A network for tests, in one ConfigMap per node: an entry has an address carried on the node for a namespace. */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'config-map',
  title: 'the ConfigMap network',
  kinds: [nodeKind],
  nodeAnnotations: [],
  recognise: ({ served }) => ({ certainty: served.get('configmaps')?.isUsed === true ? 'used' : 'absent' }),
  traits: () => ({ families: [4], placement: () => 'us', boundCarries: true, provesAllocations: true, attach: 'before-hosting', pinsNodes: true }),
  createFactsReader: () => ({ read: ({ objects }) => readFacts(entriesOf(objects, nodeKind)) }),
  render: (decisions, facts) => ({ steps: render(decisions, facts), findings: [] }),
  write: ({ object, payload }) => {
    const { key, value } = payload as Payload;
    return { verb: 'patch', resource: nodeKind.resource, namespace: networkNamespace, name: object.name, body: { data: { [key]: value } }, conditional: true };
  },
  simulate: ({ objects, nodes }, { object, payload }) => {
    const { key, value } = payload as Payload;
    const entries = entriesOf(objects, nodeKind).map((entry) => {
      if (entry.name !== object.name) return entry;
      const { [key]: _before, ...others } = entry.data;
      return { name: entry.name, data: value === null ? others : { ...others, [key]: value } };
    });
    return { nodes, objects: withEntries(objects, nodeKind, entries) };
  },
  describe: (_objects, { payload }) => {
    const { key, value } = payload as Payload;
    return value === null ? `${key} leaves the node` : `${key} is to be carried for namespace ${ownerOf(value)}`;
  },
  explain: (objects, address) => entriesOf(objects, nodeKind).flatMap(({ name, data }) => (data[address] === undefined ? [] : [`Node ${name} carries it for ${data[address]}.`])),
  provision: (objects, { nodes }) => {
    const entries = entriesOf(objects, nodeKind);
    const fresh = nodes.filter(({ name }) => !entries.some((entry) => entry.name === name)).map(({ name }) => ({ name, data: {} }));
    return withEntries(objects, nodeKind, [...entries, ...fresh].sort((a, b) => (a.name < b.name ? -1 : 1)));
  },
  withoutNodes: (objects, isGone) => withEntries(objects, nodeKind, entriesOf(objects, nodeKind).filter(({ name }) => !isGone(name))),
};

/** What the entries of a node's ConfigMap say, as an API server shows it: by address, the namespace. */
export function carriedBy(configMap: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asRecord(asRecord(configMap)['data'])).map(([address, value]) => [address, ownerOf(String(value)) ?? String(value)]));
}
