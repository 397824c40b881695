import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { aNetNamespace, findingsOf, onSdn, planOf, settled, withHosts, withNets } from '../testing/builders.ts';

const parts = { nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])] };
const named = (code: string, snapshot: Parameters<typeof findingsOf>[0]): readonly string[] =>
  findingsOf(snapshot, code).map(({ object }) => object.name);

describe('projects joined to one network', () => {
  it('are told, each, and none is served: OpenShift SDN binds per NETID', () => {
    const namespaces = [aNamespace('a'), aNamespace('b'), aNamespace('global'), aNamespace('well')];
    const nets = [
      aNetNamespace('a', [], 777),
      aNetNamespace('b', [], 777),
      aNetNamespace('global', [], 0),
      aNetNamespace('well', [], 1),
    ];
    const snapshot = onSdn({ ...parts, namespaces }, [], nets);
    expect(named('JoinedNetwork', snapshot)).toEqual(['a', 'b', 'global']);
    expect(planOf(snapshot).allocations.map(({ namespace }) => namespace)).toEqual(['well']);
    expect(planOf(snapshot).waiting.map(({ reason }) => reason.code)).toEqual([
      'JoinedNetwork',
      'JoinedNetwork',
      'JoinedNetwork',
    ]);
  });

  it('are told where one alone claims, which is served: the others leave by its addresses', () => {
    const namespaces = [aNamespace('a'), aNamespace('b', 1)].map(({ egressIPAM, ...rest }) =>
      rest.name === 'a' ? { ...rest, egressIPAM: egressIPAM ?? '' } : rest,
    );
    const snapshot = onSdn({ ...parts, namespaces }, [], [aNetNamespace('a', [], 777), aNetNamespace('b', [], 777)]);
    expect(findingsOf(snapshot, 'JoinedNetwork')).toMatchObject([{ severity: 'warning', object: { name: 'a' } }]);
    expect(planOf(snapshot).allocations.map(({ namespace }) => namespace)).toEqual(['a']);
  });

  it('law 2: keep what they have when they are joined later, and are told', () => {
    const namespaces = [aNamespace('a'), aNamespace('b', 1)];
    const nets = [aNetNamespace('a', [], 1), aNetNamespace('b', [], 2)];
    const served = withHosts(settled(onSdn({ ...parts, namespaces }, [], nets)), (host) => ({
      ...host,
      egressIPs: ['10.0.0.1', '10.0.0.2'],
    }));
    expect(planOf(served).allocations).toMatchObject([{ carried: true }, { carried: true }]);
    const joined = withNets(served, [aNetNamespace('a', ['10.0.0.1'], 1), aNetNamespace('b', ['10.0.0.2'], 1)]);
    // By whose addresses the traffic of both leaves nobody can say (law 12).
    const uncertain = [
      { namespace: 'a', carried: false, carrying: ['10.0.0.1'] },
      { namespace: 'b', carried: false, carrying: ['10.0.0.2'] },
    ];
    expect(planOf(joined)).toMatchObject({ steps: [], allocations: uncertain });
    expect(named('JoinedNetwork', joined)).toEqual(['a', 'b']);
    const byHand = withNets(served, [aNetNamespace('a', ['10.0.0.1'], 1), aNetNamespace('other', ['10.0.9.9'], 1)]);
    expect(planOf(byHand).allocations).toMatchObject([{ namespace: 'a', carried: false }]);
    const alone = withNets(served, [aNetNamespace('a', ['10.0.0.1'], 1), aNetNamespace('other', [], 1)]);
    expect(planOf(alone).allocations).toMatchObject([{ namespace: 'a', carried: true }]);
  });
});
