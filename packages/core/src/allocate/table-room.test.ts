import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkTable } from '../network-contract/network-table.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { settle } from '../simulate/settle.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

/** Without network objects: the plain one, with a table that has an entry for each pod and family. */
function withTable(size: number, entries = 0): NetworkBackend {
  const table: NetworkTable = {
    name: 'pods',
    size,
    entries,
    uncounted: 0,
    entriesFor: (_namespace, { podsPerNamespace }, families) => podsPerNamespace * families.size,
    full: { code: 'TableFull', message: 'the table is full' },
  };
  return {
    ...plain,
    createFactsReader: () => ({ read: (view) => ({ ...plain.createFactsReader().read(view), tables: [table] }) }),
  };
}

const namespaces = ['a', 'b', 'c'].map((name, age) => aNamespace(name, age));
const cluster = (cidrs = ['10.0.0.0/28=a'], more: object = {}) =>
  aSnapshot({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [anEgressIPAM(cidrs, more)], namespaces });
const served = (snapshot: ReturnType<typeof cluster>, backend: NetworkBackend): readonly string[] =>
  plan(snapshot, backend).allocations.map(({ namespace }) => namespace);

describe('room in a table of the network', () => {
  it('is counted as it is promised, to the oldest first; the others wait with its reason', () => {
    expect(served(cluster(), withTable(20))).toEqual(['a', 'b']);
    expect(served(cluster(), withTable(30))).toEqual(['a', 'b', 'c']);
    expect(served(cluster(), withTable(30, 5))).toEqual(['a', 'b']);
    expect(plan(cluster(), withTable(20)).waiting).toMatchObject([
      { namespace: 'c', reason: { code: 'TableFull' }, mender: 'cluster' },
    ]);
  });

  it('is taken by the pods that the EgressIPAM tells, for each family', () => {
    expect(served(cluster(undefined, { podsPerNamespace: 20 }), withTable(20))).toEqual(['a']);
    expect(served(cluster(['10.0.0.0/28=a', 'fd00::/120=a']), withTable(20))).toEqual(['a']);
    expect(served(cluster(['10.0.0.0/28=a', '10.0.1.0/28=a']), withTable(20))).toEqual(['a', 'b']);
  });

  it('is taken, too, by what was promised before; nobody loses anything', () => {
    const settled = settle({ ...cluster(), namespaces: namespaces.slice(0, 2) });
    const grown = { ...settled, namespaces: [...settled.namespaces, ...namespaces.slice(2)] };
    expect(served(grown, withTable(20))).toEqual(['a', 'b']);
    expect(served(grown, withTable(30))).toEqual(['a', 'b', 'c']);
    expect(served(grown, withTable(5))).toEqual(['a', 'b']);
  });

  it('is told in the plan', () => {
    expect(plan(cluster(), withTable(20, 5)).tables).toEqual([{ table: 'pods', entries: 5, uncounted: 0, size: 20 }]);
    expect(plan(cluster()).tables).toBeUndefined();
  });
});
