import type { ClusterSnapshot, NamespaceSnapshot, NodeSnapshot } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIP, anEgressIPAM, aSnapshot } from '@egressip-ipam/core/testing';
import fc from 'fast-check';

/** How a history begins. */
export interface Beginning {
  readonly nodeCount: number;
  /** Addresses per node in a cloud; undefined on bare metal. */
  readonly capacity: number | undefined;
  readonly pool: 'one' | 'two-in-one-subnet' | 'two-zones';
  /** Whether somebody makes EgressIPs by hand. */
  readonly byHand: boolean;
}

/** Something that happens to a cluster. Numbers choose objects; what they choose need not exist. */
export type Happening = { readonly type: 'added' | 'removed' | 'opted-out' | 'opted-in' | 'asked' | 'flipped' | 'by-hand' | 'managed' | 'taken-back'; readonly which: number; readonly address: number } | { readonly type: 'steps'; readonly choices: readonly number[] };

const kinds = ['added', 'added', 'added', 'removed', 'opted-out', 'opted-in', 'asked', 'flipped', 'by-hand', 'managed', 'managed', 'taken-back'] as const;

/** Histories: what happens, and which steps of the operator come in between. */
export const histories: fc.Arbitrary<{ readonly beginning: Beginning; readonly events: readonly Happening[]; readonly seed: number }> = fc.record({
  beginning: fc.record({
    nodeCount: fc.integer({ min: 2, max: 6 }),
    capacity: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    pool: fc.constantFrom('one' as const, 'two-in-one-subnet' as const, 'two-zones' as const),
    byHand: fc.boolean(),
  }),
  events: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constantFrom(...kinds), which: fc.nat({ max: 7 }), address: fc.nat({ max: 29 }) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('steps' as const), choices: fc.array(fc.nat({ max: 30 }), { maxLength: 10 }) }) },
    ),
    { minLength: 10, maxLength: 60 },
  ),
  seed: fc.nat(),
});

const pools = { one: ['10.0.0.0/27=a'], 'two-in-one-subnet': ['10.0.0.0/27=a', '10.0.0.64/27=a'], 'two-zones': ['10.0.0.0/27=a', '10.0.1.0/27=b'] };

/** The cluster as it begins. */
export function begin({ nodeCount, capacity, pool }: Beginning): ClusterSnapshot {
  const nodes = Array.from({ length: nodeCount }, (_, index): NodeSnapshot => {
    const zone = pool === 'two-zones' && index % 2 === 1 ? 'b' : 'a';
    const network = zone === 'a' ? '10.0.0' : '10.0.1';
    const address = `${network}.${200 + index}`;
    const egressIPConfig = JSON.stringify([{ interface: 'eni', ifaddr: { ipv4: `${network}.0/24` }, capacity: { ipv4: capacity } }]);
    return aNode(`n${index}`, zone, { addresses: [address], hostCIDRs: `["${address}/24"]`, primaryInterfaceAddress: `{"ipv4":"${address}/24"}`, ...(capacity === undefined ? {} : { egressIPConfig }) });
  });
  const provider = { name: 'baremetal', attach: false, atomicMove: false, cloud: capacity !== undefined, observationRequired: false };
  return aSnapshot({ network: { kind: 'ovn-kubernetes' }, nodes, hostSubnets: [], netNamespaces: [], provider, egressIPAMs: [anEgressIPAM(pools[pool], { coolDown: '0s' })] });
}

/** What a person does to the cluster. `asked` takes in whose owner wants other addresses than it has. */
export function happen(snapshot: ClusterSnapshot, { type, which, address }: Exclude<Happening, { type: 'steps' }>, { byHand }: Beginning, asked: Set<string>): ClusterSnapshot {
  const name = `ns${which}`;
  const exists = snapshot.namespaces.some((namespace) => namespace.name === name);
  const change = (update: (namespace: NamespaceSnapshot) => NamespaceSnapshot): ClusterSnapshot => ({ ...snapshot, namespaces: snapshot.namespaces.map((namespace) => (namespace.name === name ? update(namespace) : namespace)) });
  switch (type) {
    case 'added':
      return exists ? snapshot : { ...snapshot, namespaces: byName([...snapshot.namespaces, aNamespace(name, address)]) };
    case 'removed':
      return { ...snapshot, namespaces: snapshot.namespaces.filter((namespace) => namespace.name !== name) };
    case 'opted-out':
      asked.add(name);
      return change(({ egressIPAM: _egressIPAM, ...namespace }) => namespace);
    case 'opted-in':
      return change((namespace) => ({ ...namespace, egressIPAM: 'pool' }));
    case 'asked': {
      asked.add(name);
      const cidrs = snapshot.egressIPAMs[0]?.cidrAssignments ?? [];
      const wanted = cidrs.map(({ CIDR }) => CIDR.replace(/\d+\/27$/, (end) => String(Number(end.slice(0, -3)) + 1 + address)));
      return change((namespace) => ({ ...namespace, egressIPs: wanted.join() }));
    }
    case 'flipped':
      return { ...snapshot, nodes: snapshot.nodes.map((node) => (node.name === `n${which}` ? { ...node, ready: !node.ready } : node)) };
    case 'by-hand':
      return byHand ? makeByHand(snapshot, `hand${which % 3}`, `10.0.0.${address + 1}`) : snapshot;
    default:
      return snapshot;
  }
}

/** Makes an EgressIP with an address that nobody has, or deletes the one of that name. */
function makeByHand(snapshot: ClusterSnapshot, name: string, address: string): ClusterSnapshot {
  if (snapshot.egressIPs.some((egressIP) => egressIP.name === name)) return { ...snapshot, egressIPs: snapshot.egressIPs.filter((egressIP) => egressIP.name !== name) };
  const isUsed = snapshot.egressIPs.some(({ egressIPs }) => egressIPs.includes(address)) || snapshot.namespaces.some(({ allocated = '' }) => allocated.split(/[/,]/).includes(address));
  return isUsed ? snapshot : { ...snapshot, egressIPs: byName([...snapshot.egressIPs, anEgressIP('none', [address], { name, ours: false, namespaceSelector: { matchLabels: { team: 'none' } } })]) };
}

function byName<Entry extends { readonly name: string }>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}

