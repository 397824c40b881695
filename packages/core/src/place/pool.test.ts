import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { plan } from '../plan/planner.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import type { EgressIPAMSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { makePools } from './make-pools.ts';
import { NodeTable } from './node-table.ts';
import type { Pool } from './pool.ts';

const younger = { name: 'younger', createdAt: '2026-01-02T00:00:00Z' };

function saidOf(...egressIPAMs: readonly EgressIPAMSnapshot[]): readonly string[] {
  const namespaces = [aNamespace('shop', 1, { egressIPAM: 'younger' })];
  const { findings, waiting } = plan(aSnapshot({ nodes: [aNode('n1', 'a')], egressIPAMs, namespaces }));
  expect(waiting.map(({ reason, mender }) => [reason.code, mender])).toEqual([['WaitingForNodes', 'cluster']]);
  return [...findings.filter(({ code }) => code === 'NoNodes'), ...waiting.map(({ reason }) => reason)].map(
    ({ message }) => message,
  );
}

describe('a CIDR assignment without nodes', () => {
  it('names the older EgressIPAM that has them, and the way out', () => {
    const said = saidOf(anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=a'], younger));
    expect(said).toHaveLength(2);
    for (const text of said)
      expect(text).toMatch(
        /belongs to the older EgressIPAM pool\b.*; give each of the two its own nodes by nodeSelector/,
      );
  });

  it('says that no node has the label only where none has it', () => {
    const [finding, reason] = saidOf(anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=b'], younger));
    expect(finding).toMatch(
      /^no node has \S+=b, so 10\.1\.0\.0\/24 cannot be served; label nodes or correct labelValue$/,
    );
    expect(reason).toMatch(/no node has \S+=b; label nodes or correct labelValue$/);
  });

  it('says that its nodeSelector selects none of those that have it', () => {
    const nodeSelector = { matchLabels: { role: 'egress' } };
    const [finding] = saidOf(anEgressIPAM(['10.1.0.0/24=a'], { ...younger, nodeSelector }));
    expect(finding).toMatch(/^none of the nodes that its nodeSelector selects has \S+=a, so/);
  });
});

describe('an EgressIPAM with its nodes', () => {
  const at = (text: string): Address => parseAddress(text) ?? 0;
  const parser = new Parser();
  /** The pool of an EgressIPAM; the one of before goes on where that is the same. */
  const poolOf = (egressIPAM: EgressIPAMSnapshot, nodes: readonly NodeSnapshot[], last: readonly Pool[] = []): Pool => {
    const snapshot = parser.parse(aSnapshot({ egressIPAMs: [egressIPAM], nodes }));
    const view = networkView(snapshot);
    const table = new NodeTable(snapshot, plain.createFactsReader().read(view), new NodeNames(snapshot.nodes));
    const [pool] = makePools(snapshot.egressIPAMs, table, plain.traits(view.settings, view.platform), last).list;
    if (pool === undefined) throw new Error('no pool');
    return pool;
  };

  it.each([
    ['few', ['10.0.0.0/24=a', '10.0.1.0/24=b']],
    ['many', ['10.0.0.0/24=a', '10.0.1.0/24=b', '10.0.2.0/24=a', '10.0.3.0/24=a', '10.0.4.0/24=a', 'fd00::/64=a']],
  ])('finds the CIDR assignment of an address among %s', (_, cidrs) => {
    const pool = poolOf(anEgressIPAM(cidrs), [aNode('n1', 'a'), aNode('n2', 'b')]);
    expect(['10.0.0.255', '10.0.1.0', '10.9.0.0'].map((text) => pool.assignmentOf(at(text))?.order)).toEqual([
      0,
      1,
      undefined,
    ]);
    expect(pool.groupOf(at('10.0.1.7'))?.selection.names.selected).toEqual(['n2']);
    expect(pool.groupOf(at('10.9.0.7'))).toBeUndefined();
  });

  it('has nodes for what lies in none of its CIDRs any more, and tells back ends of all of them; both are of today', () => {
    const egressIPAM = anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'], { podsPerNamespace: 3 });
    const nodes = [aNode('n1', 'a'), aNode('n2', 'b', { ready: false }), aNode('n3', 'c')];
    const pool = poolOf(egressIPAM, nodes);
    expect(pool.anyNode.selection.names.selected).toEqual(['n1', 'n2']);
    expect(pool.decision).toMatchObject({
      ...{ name: 'pool', deleting: false, placement: 'us', podsPerNamespace: 3 },
      assignments: [
        { labelValue: 'a', position: 0, selected: ['n1'], candidates: ['n1'] },
        { labelValue: 'b', position: 1, selected: ['n2'], candidates: [] },
      ],
    });
    expect(pool.decision).not.toHaveProperty('nodeSelector');
    expect(poolOf(egressIPAM, nodes.slice(1), [pool])).toBe(pool);
    expect(pool.anyNode.selection.names.selected).toEqual(['n2']);
    expect(pool.decision.assignments.map(({ selected }) => selected)).toEqual([[], ['n2']]);
  });
});
