import { describe, expect, it } from 'vitest';
import type { AdoptableBinding, NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { planAdoption, type AdoptionPlan } from './adopt.ts';

const unclaimed = (name: string): ClusterSnapshot['namespaces'][number] => {
  const { egressIPAM: _egressIPAM, ...namespace } = aNamespace(name);
  return namespace;
};
const byHand = (namespace: string, addresses: readonly string[], name = 'old'): AdoptableBinding => ({
  object: { kind: 'Binding', name },
  namespace,
  addresses,
});

/** Adopts bindings in a cluster with one EgressIPAM of two CIDR assignments. */
function adopt(bindings: readonly AdoptableBinding[], more: Partial<ClusterSnapshot> = {}): AdoptionPlan {
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'])];
  const backend: NetworkBackend = { ...plain, adoptable: () => bindings };
  return planAdoption(aSnapshot({ egressIPAMs, namespaces: ['shop', 'web'].map(unclaimed), ...more }), backend);
}

describe('planAdoption', () => {
  it('writes addresses in the order of CIDR assignments', () => {
    const { adoptions, problems } = adopt([byHand('shop', ['10.0.1.9', '10.0.0.9'])]);
    expect(problems).toEqual([]);
    expect(adoptions).toEqual([
      {
        namespace: 'shop',
        object: { kind: 'Binding', name: 'old' },
        egressIPAM: 'pool',
        addresses: ['10.0.0.9', '10.0.1.9'],
      },
    ]);
  });

  it('has nothing to do for a namespace that is annotated already', () => {
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.9,10.0.1.9' })];
    expect(adopt([byHand('shop', ['10.0.1.9', '10.0.0.9'])], { namespaces })).toEqual({ adoptions: [], problems: [] });
  });

  const twins = ['pool', 'twin'].map((name) => anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'], { name }));
  it.each([
    [
      'of which the network says why not',
      { ...byHand('shop', ['10.0.0.9', '10.0.1.9']), refusal: 'it selects some pods' },
      {},
      /some pods/,
    ],
    ['for a namespace that is gone', byHand('gone', ['10.0.0.9', '10.0.1.9']), {}, /there is no namespace gone/],
    ['of too few addresses', byHand('shop', ['10.0.0.9']), {}, /exactly one CIDR assignment for each of 10\.0\.0\.9/],
    ['of two addresses of one CIDR', byHand('shop', ['10.0.0.9', '10.0.0.10']), {}, /exactly one CIDR assignment/],
    [
      'that fits two EgressIPAMs',
      byHand('shop', ['10.0.0.9', '10.0.1.9']),
      { egressIPAMs: twins },
      /choose one by --egressipam/,
    ],
    [
      'whose namespace asks for others',
      byHand('shop', ['10.0.0.9', '10.0.1.9']),
      { namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.8,10.0.1.8' })] },
      /is annotated with 10\.0\.0\.8,10\.0\.1\.8/,
    ],
  ])('says why a binding %s is not adopted', (_what, binding, more, message) => {
    const { adoptions, problems } = adopt([binding], more);
    expect(adoptions).toEqual([]);
    const object = { kind: 'Binding', name: 'old' };
    expect(problems).toEqual([
      expect.objectContaining({ code: 'NotAdopted', object, message: expect.stringMatching(message) }),
    ]);
  });

  it('takes one binding per namespace', () => {
    const { adoptions, problems } = adopt([
      byHand('shop', ['10.0.0.9', '10.0.1.9'], 'one'),
      byHand('shop', ['10.0.0.10', '10.0.1.10'], 'two'),
    ]);
    expect(adoptions.map(({ object }) => object.name)).toEqual(['one']);
    expect(problems.map(({ object }) => object.name)).toEqual(['two']);
  });
});
