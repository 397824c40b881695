import {
  formatAddress,
  parseAddress,
  unlimited,
  type Address,
  type AddressUse,
  type BindingFacts,
  type HostFacts,
  type NetworkBackend,
  type NetworkDecisions,
  type NetworkEntry,
  type NetworkFacts,
  type NetworkKind,
  type NetworkObjects,
  type NetworkStep,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep, asRecord, entriesOf, ObjectReader, withEntries, type Read } from '@egressip-ipam/core/plugin';

/** The namespace of the network's ConfigMaps. */
export const networkNamespace = 'egress-network';
/** What an entry of ours begins with; the name of the node follows. */
const ours = 'egressip-ipam ';

/**
 * A namespace's ConfigMap, which the network makes: on which node each of its addresses is. It outlives nodes and
 * moves, so that what a namespace has stays proved (laws 2 and 11).
 */
interface NamespaceEntry extends NetworkEntry {
  /** By address: `egressip-ipam NODE` for ours, the node alone for what people put there. */
  readonly data: Readonly<Record<string, string>>;
}

const namespaceKind: NetworkKind<NamespaceEntry> = {
  resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  namespace: networkNamespace,
  belongsTo: 'namespace',
  verbs: ['get', 'list', 'watch', 'patch'],
  read: (object: unknown): Read<NamespaceEntry> => {
    const reader = new ObjectReader(object, 'ConfigMap');
    return reader.result({ name: reader.name, data: reader.map('data') });
  },
};

interface Payload {
  readonly key: string;
  /** `null` takes the entry away. */
  readonly value: string | null;
}

/** An address of a namespace, and what is said of it. */
interface Carried {
  readonly address: Address;
  readonly node: string;
  readonly ours: boolean;
}

function carriedIn({ data }: NamespaceEntry): readonly Carried[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const address = parseAddress(key);
    const isOurs = value.startsWith(ours);
    return address === undefined ? [] : [{ address, node: isOurs ? value.slice(ours.length) : value, ours: isOurs }];
  });
}

function readFacts(entries: readonly NamespaceEntry[]): NetworkFacts {
  const hosts: HostFacts[] = [];
  const bindings = new Map<string, BindingFacts>();
  const used: AddressUse[] = [];
  for (const entry of entries) {
    const { name, unconfirmed = [] } = entry;
    const object = { kind: 'ConfigMap', name };
    const carried = carriedIn(entry);
    const own = carried.filter((one) => one.ours).map(({ address }) => address);
    const doubted = unconfirmed.flatMap((text) => parseAddress(text) ?? []).filter((address) => !own.includes(address));
    hosts.push({
      object,
      hosted: carried.map((one) => ({ ...one, namespace: one.ours ? name : undefined, state: 'shown' })),
    });
    used.push(...carried.filter((one) => !one.ours).map(({ address }) => ({ address, by: `ConfigMap ${name}` })));
    if (own.length + doubted.length > 0)
      bindings.set(name, { namespace: name, object, ours: true, addresses: own, unconfirmed: doubted });
  }
  const known = new Set(entries.map(({ name }) => name));
  return {
    hosts,
    bindings,
    reserved: [],
    used,
    mentioned: [],
    refused: new Set(),
    occupied: hosts.flatMap(({ hosted }) => [...hosted].filter((entry) => !entry.ours)),
    nodeOf: () => ({ usable: true, capacity: unlimited, addresses: [] }),
    obstacleOf: (namespace) =>
      known.has(namespace)
        ? undefined
        : { code: 'WaitingForNetwork', message: `the network has made no ConfigMap ${namespace} yet` },
    findings: [],
  };
}

function stepOf(
  namespace: string,
  address: Address,
  node: string | undefined,
  after: readonly Precondition[],
): NetworkStep {
  const key = formatAddress(address);
  const isHosted = node !== undefined;
  return {
    kind: 'network',
    action: isHosted ? 'host' : 'unhost',
    id: `${isHosted ? 'host' : 'unhost'} ${key} ${namespace}`,
    object: { kind: 'ConfigMap', name: namespace },
    namespace,
    ...(isHosted ? { node } : {}),
    effects: isHosted ? { hosted: [key], bound: [key] } : { unhosted: [key], unbound: [key] },
    after,
    payload: { key, value: isHosted ? `${ours}${node}` : null } satisfies Payload,
  };
}

/** An address leaves one namespace before it enters another (law 1); a move between nodes is one write. */
function render(
  decisions: NetworkDecisions,
  { bindings }: NetworkFacts,
  entries: readonly NamespaceEntry[],
): readonly NetworkStep[] {
  const nodes = new Map(
    entries.map((entry) => [
      entry.name,
      new Map(carriedIn(entry).flatMap((one) => (one.ours ? [[one.address, one.node] as const] : []))),
    ]),
  );
  const leaving = new Map<Address, NetworkStep>();
  for (const { namespace, addresses, unconfirmed } of bindings.values()) {
    for (const address of [...addresses, ...unconfirmed]) {
      const owner = decisions.claimWith(address)?.namespace;
      if (owner === namespace || (owner === undefined && !decisions.isLeaving(address))) continue;
      leaving.set(
        address,
        stepOf(namespace, address, undefined, owner === undefined ? decisions.order.beforeForgetting(address) : []),
      );
    }
  }
  const arriving = decisions.claims.flatMap(({ namespace, addresses, releases }) =>
    addresses.flatMap((address): NetworkStep[] => {
      const node = decisions.nodeOf(address);
      if (releases || node === undefined || nodes.get(namespace)?.get(address) === node) return [];
      const gone = leaving.get(address);
      const order = [...decisions.order.beforeHosting(address), ...decisions.order.beforeBinding(address)];
      return [stepOf(namespace, address, node, [...(gone === undefined ? [] : [afterStep(gone.id)]), ...order])];
    }),
  );
  return [...leaving.values(), ...arriving];
}

/** A network for tests, in one ConfigMap per namespace: an entry has an address carried on a node. */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'config-map',
  title: 'the ConfigMap network',
  kinds: [namespaceKind],
  nodeAnnotations: [],
  recognise: ({ served }) => ({ certainty: served.get('configmaps')?.isUsed === true ? 'used' : 'absent' }),
  traits: () => ({
    families: [4],
    placement: () => 'us',
    boundCarries: true,
    provesAllocations: true,
    attach: 'before-hosting',
    pinsNodes: true,
  }),
  createFactsReader: () => ({ read: ({ objects }) => readFacts(entriesOf(objects, namespaceKind)) }),
  render: (decisions, facts, { objects }) => ({
    steps: render(decisions, facts, entriesOf(objects, namespaceKind)),
    findings: [],
  }),
  write: ({ object, payload }) => {
    const { key, value } = payload as Payload;
    return {
      verb: 'patch',
      resource: namespaceKind.resource,
      namespace: networkNamespace,
      name: object.name,
      body: { data: { [key]: value } },
      conditional: true,
    };
  },
  simulate: ({ objects, nodes }, { object, payload }) => {
    const { key, value } = payload as Payload;
    const entries = entriesOf(objects, namespaceKind).map((entry) => {
      if (entry.name !== object.name) return entry;
      const { [key]: _before, ...others } = entry.data;
      return { name: entry.name, data: value === null ? others : { ...others, [key]: value } };
    });
    return { nodes, objects: withEntries(objects, namespaceKind, entries) };
  },
  describe: (_objects, { payload }) => {
    const { key, value } = payload as Payload;
    return value === null
      ? `${key} leaves the namespace`
      : `${key} is to be carried on node ${value.slice(ours.length)}`;
  },
  explain: (objects, address) =>
    entriesOf(objects, namespaceKind).flatMap(({ name, data }) =>
      data[address] === undefined ? [] : [`ConfigMap ${name} has it: ${data[address]}.`],
    ),
  provision: (objects, { namespaces }) => {
    const entries = entriesOf(objects, namespaceKind);
    const fresh = namespaces
      .filter((name) => !entries.some((entry) => entry.name === name))
      .map((name) => ({ name, data: {} }));
    return withEntries(
      objects,
      namespaceKind,
      [...entries, ...fresh].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  },
};

/** What a namespace's ConfigMap says, as an API server shows it: by address, the node. */
export function carriedBy(configMap: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(asRecord(configMap)['data'])).map(([address, value]) => [
      address,
      String(value).replace(ours, ''),
    ]),
  );
}

/** The objects once a person has put an address on a node. */
export function hostByHand(objects: NetworkObjects, node: string, address: string): NetworkObjects {
  const byHand = { name: `by-hand-${address}`, data: { [address]: node } };
  return withEntries(objects, namespaceKind, [...entriesOf(objects, namespaceKind), byHand]);
}
