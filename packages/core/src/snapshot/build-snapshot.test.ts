import { describe, expect, it } from 'vitest';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { buildSnapshot } from './build-snapshot.ts';

describe('a snapshot that is built', () => {
  it('is of an empty cluster where nothing is given: no network, and nobody who attaches', () => {
    expect(buildSnapshot({})).toEqual({
      formatVersion: 2,
      network: { name: 'plain', objects: {} },
      infrastructure: { virtualIPs: [] },
      provider: { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
      egressIPAMs: [],
      namespaces: [],
      nodes: [],
    });
  });

  it('has every list by name, those of the network too, and leaves what it was given as it was', () => {
    const nodes = [aNode('n2'), aNode('n1')];
    const names = ['b', 'a'];
    const snapshot = buildSnapshot({
      nodes,
      namespaces: names.map((name) => aNamespace(name)),
      egressIPAMs: names.map((name) => anEgressIPAM([], { name })),
      network: {
        name: 'some',
        objects: { Thing: names.map((name) => ({ name })), Other: [] },
        settings: { mode: 'x' },
      },
    });
    const lists = [snapshot.namespaces, snapshot.egressIPAMs, snapshot.network.objects['Thing'] ?? []];
    expect(lists.map((list) => list.map(({ name }) => name))).toEqual(lists.map(() => ['a', 'b']));
    expect(snapshot.nodes.map(({ name }) => name)).toEqual(['n1', 'n2']);
    expect(snapshot.network).toMatchObject({ name: 'some', settings: { mode: 'x' }, objects: { Other: [] } });
    expect(nodes.map(({ name }) => name)).toEqual(['n2', 'n1']);
  });

  it('keeps what else is given', () => {
    const time = '2026-02-01T00:00:00Z';
    expect(buildSnapshot({ time, unsynced: ['Node'], isFirstLook: true })).toMatchObject({
      ...{ time, unsynced: ['Node'], isFirstLook: true },
    });
  });
});
