import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { simulate, type Scenario } from './simulate.ts';

describe('a CIDR in the place of another', () => {
  const pool = anEgressIPAM(['10.0.0.0/29=a', '10.1.0.0/29=a']);
  const reservedIPs = ['10.0.0.1-10.0.0.3', '10.0.0.6'];
  const cidrAssignments = pool.cidrAssignments.map((assignment) =>
    assignment.CIDR === '10.0.0.0/29' ? { ...assignment, reservedIPs } : assignment,
  );
  const snapshot = aSnapshot({
    egressIPAMs: [{ ...pool, cidrAssignments }],
    nodes: [aNode('node1'), aNode('node2')],
  });
  const freeWith = (CIDR: string): unknown => {
    const cidrs = { egressIPAM: pool.name, assignments: [{ CIDR, labelValue: 'a' }] };
    return simulate(snapshot, { cidrs }).plan.egressIPAMs[0]?.cidrs.map(({ cidr, free }) => [cidr, free]);
  };

  it('keeps back what was kept back there, as far as it lies in it', () => {
    expect(freeWith('10.0.0.0/28')).toEqual([
      ['10.1.0.0/29', '6'],
      ['10.0.0.0/28', '10'],
    ]);
    expect(freeWith('10.0.0.0/30')).toEqual([
      ['10.1.0.0/29', '6'],
      ['10.0.0.0/30', '0'],
    ]);
  });

  it('takes nothing over from those that stay', () => {
    expect(freeWith('10.2.0.0/29')).toEqual([
      ['10.0.0.0/29', '2'],
      ['10.1.0.0/29', '6'],
      ['10.2.0.0/29', '6'],
    ]);
  });
});

describe('what there is to look after', () => {
  const snapshot = aSnapshot({
    egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.1.0.0/29=b'])],
    nodes: [aNode('node1'), aNode('node2', 'b')],
    namespaces: [aNamespace('team')],
  });
  const codesWith = (scenario: Scenario): readonly string[] =>
    simulate(snapshot, scenario).newFindings.map(({ code, object }) => `${code} ${object.name}`);

  it('is what was not there before', () => {
    expect(codesWith({})).toEqual([]);
    expect(codesWith({ withoutNodes: ['node2'] })).toEqual(
      expect.arrayContaining([expect.stringContaining('AddressNotPlaced team')]),
    );
  });

  it('is not said of who waits, too', () => {
    const { newlyWaiting, newFindings } = simulate(snapshot, { addNamespaces: { egressIPAM: 'pool', count: 9 } });
    expect(newlyWaiting.length).toBeGreaterThan(0);
    expect(newFindings.filter(({ object }) => object.kind === 'Namespace')).toEqual([]);
  });
});

describe('who moves, waits and is served', () => {
  const settledOn = (...names: readonly string[]) =>
    aSnapshot({
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: names.map((name) => aNode(name)),
      namespaces: [aNamespace('lost', 0, { egressIPAM: 'none' }), aNamespace('one'), aNamespace('two', 1)],
    });

  it('is told of nodes that are gone: what they had goes to others, or to none', () => {
    const { moves, newlyWaiting } = simulate(settledOn('node1', 'node2'), { withoutNodes: ['node1'] });
    expect(moves).toEqual([{ namespace: 'one', address: '10.0.0.1', from: 'node1', to: 'node2' }]);
    expect(newlyWaiting).toEqual([]);
    expect(simulate(settledOn('node1'), { withoutNodes: ['node1'] }).moves).toEqual([
      { namespace: 'one', address: '10.0.0.1', from: 'node1', to: null },
      { namespace: 'two', address: '10.0.0.2', from: 'node1', to: null },
    ]);
  });

  it('is told of namespaces that come, the youngest of all: as many as there are addresses for are served', () => {
    const { newlyServed, newlyWaiting, moves } = simulate(settledOn('node1'), {
      addNamespaces: { egressIPAM: 'pool', count: 10 },
    });
    expect(newlyServed).toEqual(['01', '02', '03', '04'].map((number) => `simulated-${number}`));
    expect(newlyWaiting.map(({ namespace }) => namespace)).toContain('simulated-05');
    expect([newlyWaiting.length, moves]).toEqual([6, []]);
  });

  it('is told of CIDRs that grow: who waits already is served before all who come', () => {
    const crowded = aSnapshot({
      egressIPAMs: [anEgressIPAM(['10.0.0.0/30=a'])],
      nodes: [aNode('node1')],
      namespaces: ['one', 'two', 'waits'].map((name, age) => aNamespace(name, age)),
    });
    const { newlyServed } = simulate(crowded, {
      addNamespaces: { egressIPAM: 'pool', count: 9 },
      cidrs: { egressIPAM: 'pool', assignments: [{ CIDR: '10.0.0.0/29', labelValue: 'a' }] },
    });
    expect(newlyServed).toEqual(['simulated-1', 'simulated-2', 'simulated-3', 'waits']);
  });

  it('is told of the scenario alone: what was on its way before has settled', () => {
    const { moves, newlyServed, newFindings } = simulate(settledOn('node1'), {});
    expect([moves, newlyServed, newFindings]).toEqual([[], [], []]);
  });

  it('where the network places, counts as moved once no node is left for it, though nobody says so', () => {
    const placed: NetworkBackend = {
      ...plain,
      traits: (...given) => ({ ...plain.traits(...given), placement: () => 'network' }),
    };
    const snapshot = settledOn('node1');
    expect(simulate(snapshot, { withoutNodes: ['node1'] }, placed).moves).toEqual([
      { namespace: 'one', address: '10.0.0.1', from: null, to: null },
      { namespace: 'two', address: '10.0.0.2', from: null, to: null },
    ]);
    expect(simulate(settledOn('node1', 'node2'), { withoutNodes: ['node1'] }, placed).moves).toEqual([]);
    const had = aNamespace('one', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' });
    expect(simulate({ ...settledOn(), namespaces: [had] }, {}, placed).moves).toEqual([]);
  });

  it('changes nothing of the cluster that is asked about', () => {
    const snapshot = settledOn('node1', 'node2');
    const text = JSON.stringify(snapshot);
    simulate(snapshot, { withoutNodes: ['node1'], addNamespaces: { egressIPAM: 'pool', count: 2 } });
    expect(JSON.stringify(snapshot)).toBe(text);
  });
});
