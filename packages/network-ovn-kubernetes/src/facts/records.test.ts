import type { EgressIPAMSnapshot, NamespaceSnapshot, Plan } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { anEgressIP, anOvnNode, onOvn, planOf, primary } from '../testing/builders.ts';

/** What another namespace gets while one that claims nothing any more, and has no EgressIP, has 10.0.0.1 on record. */
const given = (released: EgressIPAMSnapshot['released'] = []): readonly string[] => {
  const { egressIPAM: _none, ...leaving } = aNamespace('leaving', 0, { allocated: 'pool/10.0.0.1' });
  const snapshot = onOvn({
    nodes: [anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.14/28' }))],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], { released })],
    namespaces: [aNamespace('coming', 1), leaving],
  });
  return planOf(snapshot).allocations.flatMap(({ addresses }) => addresses);
};
const releasedBy = (namespace: string): EgressIPAMSnapshot['released'] => [
  { namespace, addresses: ['10.0.0.1'], releasedAt: '2026-01-31T23:59:59Z' },
];

it('law 1: what a namespace gives back is on no second record until its own is cleared', () => {
  expect(given(releasedBy('leaving'))).toEqual(['10.0.0.2']);
});

it('law 11: a record that our status does not remember keeps nothing from anybody', () => {
  expect(given()).toEqual(['10.0.0.1']);
  expect(given(releasedBy('another'))).toEqual(['10.0.0.1']);
});

describe('a record that is written over what a namespace has', () => {
  /** What a namespace that leaves by 10.0.0.1 gets, once its annotations say something else. */
  const after = (written: Partial<NamespaceSnapshot>, released: EgressIPAMSnapshot['released'] = []): Plan =>
    planOf(
      onOvn(
        {
          nodes: [anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.14/28' }))],
          egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], { released, coolDown: '10m' })],
          namespaces: [aNamespace('shop', 0, { allocated: 'pool/10.0.0.1', egressIPs: '10.0.0.1', ...written })],
        },
        [anEgressIP('shop', ['10.0.0.1'], { assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] })],
      ),
    );
  const addressesOf = ({ allocations }: Plan): readonly string[] => allocations.flatMap(({ addresses }) => addresses);
  const node = '10.0.0.14';

  it.each<readonly [string, Partial<NamespaceSnapshot>]>([
    ['alone', { allocated: `pool/${node}` }],
    ['with what was asked for', { allocated: `pool/${node}`, egressIPs: node }],
    ['of an EgressIPAM that is not there', { allocated: `gone/${node}`, egressIPs: node }],
    ['out of every CIDR', { allocated: 'pool/198.51.100.7', egressIPs: '198.51.100.7' }],
  ])('%s, with an address that nobody may have, takes nothing away', (_, written) => {
    const plan = after(written);
    expect(addressesOf(plan)).toEqual(['10.0.0.1']);
    expect(plan.steps.flatMap(({ effects }) => effects.unbound ?? [])).toEqual([]);
  });

  it('is put right where what was asked for is still what it has', () => {
    const { steps, findings } = after({ allocated: `pool/${node}` });
    expect(steps.map((step) => (step.kind === 'annotate' ? step.allocated : step.id))).toContain('pool/10.0.0.1');
    expect(findings.map(({ object }) => object.kind)).not.toContain('Namespace');
  });

  it('gets what is asked for where that is free, and gives back what it had', () => {
    const plan = after({ allocated: 'pool/10.0.0.9', egressIPs: '10.0.0.9' });
    expect(addressesOf(plan)).toEqual(['10.0.0.9']);
    expect(plan.steps.filter(({ kind }) => kind === 'remember')).toHaveLength(1);
  });

  it('is no way round the pace at which a namespace may change addresses', () => {
    const released = [2, 3, 4, 5].map((number) => ({
      namespace: 'shop',
      addresses: [`10.0.0.${number}`],
      releasedAt: '2026-01-31T23:59:00Z',
    }));
    const plan = after({ allocated: 'pool/10.0.0.9', egressIPs: '10.0.0.9' }, released);
    expect(addressesOf(plan)).toEqual(['10.0.0.1']);
    expect(plan.findings.map(({ code }) => code)).toContain('TooManyChanges');
  });
});
