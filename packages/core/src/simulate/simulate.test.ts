import { describe, expect, it } from 'vitest';
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
