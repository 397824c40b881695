import { describe, expect, it } from 'vitest';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { plan } from '../plan/planner.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { NodeSnapshot, ProviderSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';
import { NodeTable } from './node-table.ts';

const announced = JSON.stringify([{ interface: 'i', ifaddr: { ipv4: '10.7.0.16/28' }, capacity: { ip: 9 } }]);
const announcing = { annotations: { [egressIPConfigAnnotation]: announced } };

describe.each([
  ['this project attaches', true],
  ['somebody else attaches, or nobody', false],
])('an announced interface of which nobody tells more, where %s', (_, attach) => {
  it('hosts what its subnet has, but what the cloud keeps in that', () => {
    const provider = { name: 'cloud', attach, cloud: true, keptInSubnets: { first: 4, last: 1 } };
    expect(given(provider, ['one'])).toEqual({ one: ['10.7.0.20'] });
  });

  it('hosts nothing else that somebody asks for', () => {
    const provider = { name: 'cloud', attach, cloud: true };
    expect(given(provider, ['asks'])).toEqual({});
  });
});

it('keeps back what the cloud keeps in an announced subnet also where a look at the nodes says otherwise', () => {
  const provider = {
    name: 'cloud',
    attach: true,
    cloud: true,
    keptInSubnets: { first: 4, last: 1 },
    observation: {
      nodes: [
        {
          node: 'node-1',
          interfaces: [{ id: 'i', main: true, subnets: ['10.7.0.0/24'], addresses: [] }],
          limits: {},
        },
      ],
      cidrs: [],
    },
  };
  const namespaces = Array.from({ length: 14 }, (_, index) => `n${String(index).padStart(2, '0')}`);
  const addresses = Object.values(given(provider, namespaces)).flat();
  expect(addresses).toContain('10.7.0.15');
  expect(addresses).toContain('10.7.0.20');
  for (const kept of ['10.7.0.16', '10.7.0.17', '10.7.0.18', '10.7.0.19']) expect(addresses).not.toContain(kept);
});

describe('a node', () => {
  const nodes = [
    aNode('n0'),
    aNode('n1', 'a', { ready: false }),
    aNode('n2', 'a', { unschedulable: true }),
    aNode('n3', 'a', { taints: ['ToBeDeletedByClusterAutoscaler'] }),
  ];

  it('takes more while it is ready, stays and is not cordoned; one that is gone is leaving', () => {
    const table = tableOf(nodes, { departed: 'gone' });
    const all = [...table.entries()].map(([index, { name }]) => [
      name,
      table.isReady(index),
      table.isUsable(index),
      table.takesNew(index),
      table.standingOf(index),
    ]);
    expect(all).toEqual([
      ['n0', true, true, true, 'open'],
      ['n1', false, false, false, 'open'],
      ['n2', true, true, false, 'cordoned'],
      ['n3', true, false, false, 'leaving'],
      ['gone', false, false, false, 'leaving'],
    ]);
    expect([table.present, table.indexOf('n3'), table.indexOf('gone'), table.indexOf('other')]).toEqual([
      4,
      3,
      4,
      undefined,
    ]);
  });

  it('takes nothing more while what attaches there cannot read it, and is awaited meanwhile', () => {
    const error = { class: 'transient', message: 'no answer' } as const;
    const seen = { interfaces: [], limits: {} };
    const observation = {
      nodes: [
        { node: 'n0', ...seen },
        { node: 'n1', error },
        { node: 'n2', ...seen, silent: true as const },
      ],
      cidrs: [],
    };
    const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation };
    const table = tableOf([aNode('n0'), aNode('n1'), aNode('n2'), aNode('n3')], { provider });
    const all = [...table.entries()].map(([index]) => [table.takesNew(index), table.isAwaited(index)]);
    expect(all).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [false, true],
    ]);
  });

  it('has room for each family and for both together, and for one more where one leaves', () => {
    const table = tableOf(nodes);
    const node = 0 as NodeIndex;
    expect([table.hasRoom(node, 4), table.relativeLoad(node, 4)]).toEqual([true, 0]);
    table.limit(node, { ipv4: 2, ipv6: 4, total: 4 });
    for (const family of [4, 4, 6] as const) table.addLoad(node, family, 1);
    expect([table.hasRoom(node, 4), table.hasRoom(node, 6), table.hasRoom(node, 4, 4)]).toEqual([false, true, true]);
    expect([table.relativeLoad(node, 4), table.relativeLoad(node, 6)]).toEqual([1.5, 0.75]);
    table.addLoad(node, 6, 1);
    expect(([undefined, 4, 6] as const).map((leaving) => table.hasRoom(node, 6, leaving))).toEqual([false, true, true]);
    expect(([undefined, 4, 6] as const).map((leaving) => table.hasRoom(node, 4, leaving))).toEqual([
      false,
      true,
      false,
    ]);
    table.addLoad(node, 4, -1);
    expect(table.hasRoom(node, 4)).toBe(true);
  });
});

function tableOf(
  nodes: readonly NodeSnapshot[],
  { departed, provider }: { readonly departed?: string; readonly provider?: ProviderSnapshot } = {},
): NodeTable {
  const snapshot = new Parser().parse(aSnapshot({ nodes, ...(provider === undefined ? {} : { provider }) }));
  const names = new NodeNames(snapshot.nodes);
  if (departed !== undefined) names.indexOfHost(departed);
  return new NodeTable(snapshot, plain.createFactsReader().read(networkView(snapshot)), names);
}

function given(
  provider: Omit<ProviderSnapshot, 'observationRequired'>,
  names: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const { allocations } = plan(
    aSnapshot({
      provider: { observationRequired: false, ...provider },
      egressIPAMs: [anEgressIPAM(['10.7.0.0/24=a'])],
      nodes: [aNode('node-1', 'a', announcing)],
      namespaces: names.map((name, age) => aNamespace(name, age, name === 'asks' ? { egressIPs: '10.7.0.9' } : {})),
    }),
  );
  return Object.fromEntries(allocations.map(({ namespace, addresses }) => [namespace, addresses]));
}
