import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { ClusterSnapshot, EgressIPSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIP, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { planAdoption } from './adopt.ts';

const unclaimed = (name: string): ClusterSnapshot['namespaces'][number] => {
  const { egressIPAM: _egressIPAM, ...namespace } = aNamespace(name);
  return namespace;
};
const byHand = (name: string, namespace: string, egressIPs: readonly string[], overrides: Partial<EgressIPSnapshot> = {}): EgressIPSnapshot => anEgressIP(namespace, egressIPs, { name, ours: false, ...overrides });
const cluster = (egressIPs: readonly EgressIPSnapshot[], more: Partial<ClusterSnapshot> = {}): ClusterSnapshot =>
  aSnapshot({
    network: { kind: 'ovn-kubernetes' },
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'])],
    nodes: [aNode('n1', 'a', { primaryInterfaceAddress: '{"ipv4":"10.0.0.250/24"}' }), aNode('n2', 'b', { primaryInterfaceAddress: '{"ipv4":"10.0.1.250/24"}' })],
    namespaces: ['shop', 'web'].map(unclaimed),
    hostSubnets: [],
    netNamespaces: [],
    egressIPs,
    ...more,
  });

describe('planAdoption', () => {
  it('writes addresses in the order of CIDR assignments, and the plan after it changes no address', () => {
    const before = cluster([byHand('old', 'shop', ['10.0.1.9', '10.0.0.9'])]);
    const { adoptions, problems } = planAdoption(before);
    expect(problems).toEqual([]);
    expect(adoptions).toEqual([{ namespace: 'shop', egressIP: 'old', egressIPAM: 'pool', addresses: ['10.0.0.9', '10.0.1.9'] }]);
    const annotated = { ...before, namespaces: before.namespaces.map((namespace) => (namespace.name === 'shop' ? { ...namespace, egressIPAM: 'pool', egressIPs: '10.0.0.9,10.0.1.9' } : namespace)) };
    expect(plan(annotated).allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.9', '10.0.1.9'], source: 'kept' }]);
    expect(planAdoption(annotated)).toEqual({ adoptions: [], problems: [] });
  });

  it.each([
    ['labels of its own', byHand('old', 'shop', ['10.0.0.9', '10.0.1.9'], { namespaceSelector: { matchLabels: { team: 'x' } } }), {}, /selects namespaces by other labels/],
    ['some pods only', byHand('old', 'shop', ['10.0.0.9', '10.0.1.9'], { podSelector: { matchLabels: { app: 'x' } } }), {}, /some pods/],
    ['a namespace that is gone', byHand('old', 'gone', ['10.0.0.9', '10.0.1.9']), {}, /there is no namespace gone/],
    ['too few addresses', byHand('old', 'shop', ['10.0.0.9']), {}, /exactly one CIDR assignment for each of 10\.0\.0\.9/],
    ['two addresses of one CIDR', byHand('old', 'shop', ['10.0.0.9', '10.0.0.10']), {}, /exactly one CIDR assignment/],
    ['nonsense', byHand('old', 'shop', ['10.0.0.9', 'nonsense']), {}, /one of its addresses is none/],
    ['two pools', byHand('old', 'shop', ['10.0.0.9', '10.0.1.9']), { egressIPAMs: ['pool', 'twin'].map((name) => anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'], { name })) }, /choose one by --egressipam/],
    ['another annotation', byHand('old', 'shop', ['10.0.0.9', '10.0.1.9']), { namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.8,10.0.1.8' })] }, /is annotated with 10\.0\.0\.8,10\.0\.1\.8/],
  ])('says why an EgressIP with %s is not adopted', (_what, egressIP, more, message) => {
    const { adoptions, problems } = planAdoption(cluster([egressIP], more));
    expect(adoptions).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ code: 'NotAdopted', object: { kind: 'EgressIP', name: 'old' }, message: expect.stringMatching(message) })]);
  });

  it('takes one EgressIP per namespace', () => {
    const { adoptions, problems } = planAdoption(cluster([byHand('one', 'shop', ['10.0.0.9', '10.0.1.9']), byHand('two', 'shop', ['10.0.0.10', '10.0.1.10'])]));
    expect(adoptions.map(({ egressIP }) => egressIP)).toEqual(['one']);
    expect(problems.map(({ object }) => object.name)).toEqual(['two']);
  });
});
