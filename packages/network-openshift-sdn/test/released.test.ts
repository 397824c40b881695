import { describe, expect, it } from 'vitest';
import { aNamespace, aNode, anEgressIPAM, aSnapshot, plan, settle, type FlatSnapshot } from './support/flat.ts';

describe('released addresses', () => {
  const at = (time: string, snapshot: FlatSnapshot): FlatSnapshot =>
    settle({ ...snapshot, time: `2026-05-01T${time}:00Z` });
  const start = at(
    '10:00',
    aSnapshot({
      nodes: ['n1', 'n2', 'n3'].map((name) => aNode(name)),
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'], { coolDown: '1h' })],
      namespaces: [aNamespace('shop')],
    }),
  );
  const without = (snapshot: FlatSnapshot): FlatSnapshot => ({ ...snapshot, namespaces: [], netNamespaces: [] });
  const again = (snapshot: FlatSnapshot): FlatSnapshot => ({
    ...snapshot,
    namespaces: start.namespaces.map(({ name, createdAt, egressIPAM }) => ({
      name,
      createdAt,
      ...(egressIPAM === undefined ? {} : { egressIPAM }),
    })),
    netNamespaces: start.netNamespaces.map(({ name }) => ({ name, egressIPs: [] })),
  });
  const asking = (snapshot: FlatSnapshot, egressIPs: string): FlatSnapshot => ({
    ...snapshot,
    namespaces: snapshot.namespaces.map((namespace) => ({ ...namespace, egressIPs })),
  });
  const remembered = ({ egressIPAMs }: FlatSnapshot): readonly string[] =>
    egressIPAMs.flatMap(({ released = [] }) =>
      released.map(
        ({ namespace, addresses, releasedAt }) => `${namespace} ${addresses.join(',')} ${releasedAt.slice(11, 16)}`,
      ),
    );

  it('cool down anew when their namespace came back in between', () => {
    const gone = at('11:00', without(start));
    expect(remembered(gone)).toEqual(['shop 10.0.0.1,10.0.1.1 11:00']);
    const back = at('11:30', again(gone));
    expect(plan(back).allocations).toMatchObject([{ addresses: ['10.0.0.1', '10.0.1.1'] }]);
    expect(remembered(back)).toEqual([]);
    expect(plan(back).steps).toEqual([]);
    expect(remembered(at('11:50', without(back)))).toEqual(['shop 10.0.0.1,10.0.1.1 11:50']);
  });

  it('cool down each from its own release when a namespace changes them one after the other', () => {
    const second = at('11:00', asking(start, '10.0.0.5,10.0.1.1'));
    expect(remembered(second)).toEqual(['shop 10.0.0.1 11:00']);
    const third = at('11:10', asking(second, '10.0.0.6,10.0.1.1'));
    expect(remembered(third)).toEqual(['shop 10.0.0.1 11:00', 'shop 10.0.0.5 11:10']);
    expect(plan(third).steps).toEqual([]);
  });
});
