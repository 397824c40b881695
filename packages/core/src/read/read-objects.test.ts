import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkKind } from '../network-contract/kind.ts';
import { plain } from '../plain/plain-network.ts';
import { ObjectReader } from '../snapshot/object-reader.ts';
import { readObjects } from './read-objects.ts';

const named = (kind: string, name: string, more: object = {}): object => ({ kind, metadata: { name }, ...more });
const pool = (name: string, more: object = {}): object =>
  named('EgressIPAM', name, {
    spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a' }] },
    ...more,
  });

describe('objects', () => {
  it('are read to a snapshot, each list by name, also from lists that leave the kind to themselves', () => {
    const { snapshot, problems } = readObjects([
      { kind: 'List', items: [named('Namespace', 'b'), pool('p'), { kind: 'List', items: [named('Namespace', 'c')] }] },
      { kind: 'NodeList', items: [{ metadata: { name: 'n1' } }] },
      named('Namespace', 'a'),
    ]);
    expect(snapshot.namespaces.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(snapshot.nodes.map(({ name }) => name)).toEqual(['n1']);
    expect(snapshot.egressIPAMs.map(({ name }) => name)).toEqual(['p']);
    expect(snapshot.network).toEqual({ name: 'plain', objects: {} });
    expect(problems).toEqual([]);
  });

  it('of other kinds, and what is no object, are passed over', () => {
    const { snapshot, problems } = readObjects([
      undefined,
      null,
      7,
      'Node',
      [],
      {},
      named('Secret', 's'),
      { kind: 'List' },
    ]);
    expect([snapshot.namespaces, snapshot.nodes, snapshot.egressIPAMs, problems]).toEqual([[], [], [], []]);
  });

  it('law 8: that cannot be read are told, and the others are read', () => {
    const { snapshot, problems } = readObjects([
      named('Namespace', ''),
      named('Namespace', 'a'),
      pool('p', { spec: 7 }),
    ]);
    expect(snapshot.namespaces.map(({ name }) => name)).toEqual(['a']);
    expect(snapshot.egressIPAMs).toMatchObject([{ name: 'p', topologyLabel: '', cidrAssignments: [] }]);
    expect(problems.map(({ object }) => object.kind)).toContain('Namespace');
    expect(problems.map(({ object }) => object)).toContainEqual({ kind: 'EgressIPAM', name: 'p' });
  });

  it("of the network's kinds are read by its own readers", () => {
    const thing: NetworkKind = {
      resource: { group: 'example.com', version: 'v1', plural: 'things', kind: 'Thing' },
      verbs: [],
      read: (object) => {
        const reader = new ObjectReader(object, 'Thing');
        return reader.result({ name: reader.name });
      },
    };
    const backend: NetworkBackend = { ...plain, name: 'some', kinds: [thing], nodeAnnotations: ['asked'] };
    const annotations = { asked: '1', other: '2' };
    const { snapshot, problems } = readObjects(
      [
        named('Thing', 'y'),
        named('Thing', 'x'),
        named('Thing', ''),
        { kind: 'Node', metadata: { name: 'n', annotations } },
      ],
      backend,
    );
    expect(snapshot.network).toEqual({ name: 'some', objects: { Thing: [{ name: 'x' }, { name: 'y' }] } });
    expect(snapshot.nodes[0]?.annotations).toEqual({ asked: '1' });
    expect(problems).toMatchObject([{ object: { kind: 'Thing' } }]);
  });
});

it('what the cluster uses itself is read from where it stands', () => {
  const service = {
    kind: 'Service',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { externalIPs: ['10.0.0.9'] },
  };
  const { snapshot } = readObjects([
    named('Infrastructure', 'cluster', {
      status: { platformStatus: { type: 'Some', some: { ingressIP: '10.0.0.3' } } },
    }),
    named('Network', 'cluster', { status: { serviceNetwork: ['172.30.0.0/16'] } }),
    named('ServiceCIDR', 'more', { spec: { cidrs: ['172.31.0.0/16'] } }),
    service,
    pool('p', { status: { refusedAddresses: [{ address: '10.0.0.7', since: '2026-02-01T00:00:00Z' }] } }),
  ]);
  expect(snapshot).toMatchObject({
    infrastructure: { platform: 'Some', virtualIPs: ['10.0.0.3'] },
    clusterNetworks: ['172.30.0.0/16', '172.31.0.0/16'],
    serviceAddresses: [{ address: '10.0.0.9', usedBy: 'Service shop/web' }],
    refused: ['10.0.0.7'],
  });
});

it('the provider is looked at through the nodes and CIDRs that were read', () => {
  const resource = { group: 'example.com', version: 'v1', plural: 'machines', kind: 'Machine' };
  const { snapshot, problems } = readObjects([named('Machine', 'm'), named('Node', 'n1'), pool('p')], plain, {
    provider: {
      specificationVersion: 'v1',
      name: 'rack',
      platforms: { types: [], providerIDPrefixes: [] },
      capabilities: { attach: true },
      fromObjects: {
        kinds: [{ resource, read: () => ({ ok: true, value: { name: 'm' }, problems: [] }) }],
        observe: (_entries, { nodes, cidrs }) => ({
          nodes: nodes.map(({ name }) => ({ node: name, interfaces: [], limits: {} })),
          cidrs: cidrs.map((cidr) => ({ cidr, inUse: [], reserved: [] })),
        }),
      },
    },
  });
  expect(snapshot.provider).toMatchObject({
    name: 'rack',
    observation: { nodes: [{ node: 'n1' }], cidrs: [{ cidr: '10.0.0.0/24' }] },
  });
  expect(problems).toEqual([]);
});
