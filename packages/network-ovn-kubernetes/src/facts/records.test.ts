import type { EgressIPAMSnapshot } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { anOvnNode, onOvn, planOf, primary } from '../testing/builders.ts';

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
