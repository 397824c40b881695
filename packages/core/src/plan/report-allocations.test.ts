import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NetworkBackend, Rendering } from '../network-contract/backend.ts';
import type { HostedAddress } from '../network-contract/facts.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import { plain } from '../plain/plain-network.ts';
import type { ClusterSnapshot, ProviderSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import type { Plan } from './plan-types.ts';
import { createPlanner, plan } from './planner.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

/** What a network says of `shop`, which has 10.0.0.1 and 10.1.0.1. */
interface Told {
  /** By address: the node that hosts it; not where it is null. */
  readonly hosts?: Readonly<Record<string, string | null>>;
  readonly bound?: readonly string[];
  /** Somebody else binds these, too. */
  readonly boundByOthers?: readonly string[];
  readonly rendering?: Partial<Rendering>;
  readonly provider?: ProviderSnapshot;
}

const planOf = (told: Told): Plan => plan(cluster(told), networkOf(told));

function networkOf({
  hosts = {},
  bound = ['10.0.0.1', '10.1.0.1'],
  boundByOthers = [],
  rendering,
}: Told): NetworkBackend {
  const places = Object.entries({ '10.0.0.1': 'n1', '10.1.0.1': 'n2', ...hosts });
  const hosted = places.flatMap(([text, node]): readonly HostedAddress[] =>
    node === null ? [] : [{ address: at(text), node, ours: true, namespace: 'shop', state: 'shown' }],
  );
  const binding = (namespace: string, ours: boolean, texts: readonly string[]) => ({
    ...{ namespace, ours, object: { kind: 'Binding', name: namespace }, unconfirmed: [] },
    addresses: texts.map(at),
  });
  const bindings = new NamespaceIndex([
    ...(boundByOthers.length === 0 ? [] : [binding('other', false, boundByOthers)]),
    binding('shop', true, bound),
  ]);
  return {
    ...plain,
    traits: (...given) => ({ ...plain.traits(...given), provesAllocations: true }),
    createFactsReader: () => ({
      read: (view) => ({
        ...plain.createFactsReader().read(view),
        bindings,
        hosts: [{ object: { kind: 'Host', name: 'host' }, hosted }],
      }),
    }),
    render: () => ({ steps: [], findings: [], ...rendering }),
  };
}

const cluster = ({ provider }: Told): ClusterSnapshot =>
  aSnapshot({
    nodes: [aNode('n1'), aNode('n2'), aNode('n3', 'a', { ready: false })],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=a'])],
    namespaces: [
      { name: 'other', createdAt: '2026-01-01T00:00:00Z' },
      aNamespace('shop', 0, { egressIPs: '10.0.0.1,10.1.0.1', allocated: 'pool/10.0.0.1,10.1.0.1' }),
    ],
    ...(provider === undefined ? {} : { provider }),
  });

const seen = (node: string, ...addresses: readonly string[]) => ({
  ...{ node, limits: {} },
  interfaces: [
    {
      id: 'i',
      main: true,
      subnets: ['10.0.0.0/8'],
      addresses: addresses.map((address) => ({ address, primary: false })),
    },
  ],
});

describe('law 12: traffic is carried by an address', () => {
  const carriedBy = (told: Told): unknown => {
    const [allocation] = planOf(told).allocations;
    return allocation?.carried === true ? 'all' : (allocation?.carrying ?? 'none');
  };

  it('that is bound, and that a node which is Ready has', () => {
    expect(carriedBy({})).toBe('all');
    expect(carriedBy({ bound: ['10.1.0.1'] })).toEqual(['10.1.0.1']);
    expect(carriedBy({ hosts: { '10.0.0.1': null } })).toEqual(['10.1.0.1']);
    expect(carriedBy({ hosts: { '10.0.0.1': 'n3' } })).toEqual(['10.1.0.1']);
    expect(carriedBy({ hosts: { '10.0.0.1': 'gone', '10.1.0.1': null } })).toBe('none');
  });

  it('that is on the interface of that node, where this project attaches', () => {
    const attaching = (...nodes: readonly ReturnType<typeof seen>[]): Told => {
      const observation = { nodes: [...nodes, seen('n3')], cidrs: [] };
      return { provider: { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation } };
    };
    expect(carriedBy(attaching(seen('n1', '10.0.0.1'), seen('n2', '10.1.0.1')))).toBe('all');
    expect(carriedBy(attaching(seen('n1', '10.0.0.1', '10.1.0.1'), seen('n2')))).toEqual(['10.0.0.1']);
  });

  it('unless the network knows better, or somebody else binds one of them, too: then by none', () => {
    const uncarried = new Map([['shop', [at('10.0.0.1')]]]);
    expect(carriedBy({ rendering: { uncarried } })).toEqual(['10.1.0.1']);
    expect(carriedBy({ boundByOthers: ['10.0.0.1'] })).toBe('none');
  });
});

it('what is said of a namespace is told with the word of the network, and counted', () => {
  const result = planOf({ hosts: { '10.1.0.1': null }, rendering: { states: ['half'] } });
  expect(result.allocations).toEqual([
    {
      ...{ namespace: 'shop', egressIPAM: 'pool', source: 'kept', addresses: ['10.0.0.1', '10.1.0.1'] },
      ...{ nodes: ['n1', 'n2'], carried: false, carrying: ['10.0.0.1'], state: 'half' },
    },
  ]);
  expect(result.egressIPAMs).toMatchObject([
    {
      ...{ claims: 1, served: 1, carried: 0, waiting: 0, refused: 0, states: { half: 1 } },
      cidrs: [
        { allocated: 1, placed: 1, carried: 1 },
        { allocated: 1, placed: 1, carried: 0 },
      ],
    },
  ]);
  expect(result.nodes.map(({ node, placed }) => [node, placed])).toEqual([
    ['n1', 1],
    ['n2', 1],
    ['n3', 0],
  ]);
});

it('what is said of a namespace is said anew once the network says something else, though the same was decided', () => {
  const uncarried = new Map([['shop', [at('10.0.0.1')]]]);
  const renderings: readonly Partial<Rendering>[] = [{ uncarried }, {}, { states: ['well'] }, { states: ['well'] }, {}];
  let rendering: Partial<Rendering> = {};
  const network = networkOf({});
  const planner = createPlanner({
    ...network,
    render: () => ({ steps: [], findings: [], ...rendering }),
  });
  const snapshot = cluster({});
  const said = renderings.map((next) => {
    rendering = next;
    return planner.plan(snapshot).allocations[0];
  });
  expect(said.map((allocation) => [allocation?.carried, allocation?.carrying, allocation?.state])).toEqual([
    [false, ['10.1.0.1'], undefined],
    [true, undefined, undefined],
    [true, undefined, 'well'],
    [true, undefined, 'well'],
    [true, undefined, undefined],
  ]);
  expect(said[3]).toBe(said[2]);
});

it('who waits is told oldest first, ties by name, with who can mend it', () => {
  const { waiting, egressIPAMs } = plan(
    aSnapshot({
      nodes: [aNode('n1')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/30=a'])],
      namespaces: [
        aNamespace('a', 9),
        aNamespace('b', 8, { egressIPs: 'nonsense' }),
        aNamespace('c', 8, { egressIPAM: 'none' }),
        ...[aNamespace('d', 1), aNamespace('e', 2)],
      ],
    }),
  );
  expect(waiting.map(({ namespace, egressIPAM, mender }) => [namespace, egressIPAM, mender])).toEqual([
    ['b', 'pool', 'owner'],
    ['c', 'none', 'owner'],
    ['a', 'pool', 'cluster'],
  ]);
  expect(egressIPAMs).toMatchObject([{ claims: 4, served: 2, carried: 2, waiting: 2, refused: 1 }]);
});
