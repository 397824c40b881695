import { describe, expect, it } from 'vitest';
import {
  aHostSubnet,
  aNamespace,
  aNetNamespace,
  aNode,
  anEgressIPAM,
  aSnapshot,
  plan,
  settle,
  type FlatSnapshot,
} from './support/flat.ts';

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

  it('cool down also where all that showed them went with their namespace', () => {
    const claim = { namespace: 'shop', egressIPAM: 'pool', addresses: ['10.0.0.1', '10.0.1.1'] };
    const gone = (departed: NonNullable<FlatSnapshot['departed']>): FlatSnapshot =>
      at('11:00', { ...without(start), hostSubnets: ['n1', 'n2', 'n3'].map((name) => aHostSubnet(name)), departed });
    expect(remembered(gone([{ ...claim, kept: ['10.0.0.1'] }]))).toEqual(['shop 10.0.0.1 11:00']);
    expect(remembered(gone([claim]))).toEqual([]);
  });

  describe('that no status remembers yet', () => {
    const time = '2026-05-01T10:00:00Z';
    /** Addresses of one CIDR that were on the node for a namespace; it has the last one and asks for another. */
    const hurried = (count: number, coolDown?: string): FlatSnapshot => {
      const had = Array.from({ length: count + 1 }, (_, index) => `10.0.0.${index + 1}`);
      const now = had.at(-1) ?? '';
      return aSnapshot({
        time,
        nodes: [aNode('n1')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], coolDown === undefined ? {} : { coolDown })],
        namespaces: [aNamespace('restless', 0, { allocated: `pool/${now}`, egressIPs: '10.0.0.100' })],
        hostSubnets: [aHostSubnet('n1', had, { hostedIPs: had.map((address) => `${address}=restless`).join(',') })],
        netNamespaces: [aNetNamespace('restless', [now])],
      });
    };
    const waits = (snapshot: FlatSnapshot) => plan(snapshot).waiting.map(({ reason }) => reason.code);

    it('count as those that cool down do: no namespace is faster than what is written', () => {
      expect(waits(hurried(3, '1h'))).toEqual([]);
      expect(waits(hurried(4, '1h'))).toEqual(['TooManyChanges']);
    });

    it('keep nobody waiting where nothing cools down', () => {
      expect(waits(hurried(40))).toEqual([]);
    });

    it('count for the team that their namespace was of', () => {
      const come = (count: number): FlatSnapshot => {
        const gone = Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}`);
        const labels = { team: 'shop' };
        return aSnapshot({
          time,
          nodes: [aNode('n1')],
          egressIPAMs: [
            anEgressIPAM(['10.0.0.0/24=a'], { coolDown: '1h', maxClaims: { teamLabel: 'team', perTeam: 1 } }),
          ],
          namespaces: [aNamespace('next', 0, { labels }), aNamespace('other', 1, { labels: { team: 'payments' } })],
          hostSubnets: [
            aHostSubnet('n1', gone, {
              hostedIPs: gone.map((address, index) => `${address}=gone-${index}`).join(','),
            }),
          ],
          departed: gone.map((address, index) => ({
            ...{ namespace: `gone-${index}`, egressIPAM: 'pool', addresses: [address], labels },
          })),
        });
      };
      expect(waits(come(3))).toEqual([]);
      expect(plan(come(4)).waiting).toMatchObject([{ namespace: 'next', reason: { code: 'TooManyChanges' } }]);
    });
  });
});
