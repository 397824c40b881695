import type { Allocation, NamespaceSnapshot } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { lostProof } from './lost-proof.ts';

const allocation = (namespace: string, address: string, more: Partial<Allocation> = {}): Allocation => ({
  namespace,
  egressIPAM: 'pool',
  source: 'kept',
  addresses: [address],
  nodes: ['n1'],
  carried: true,
  ...more,
});
const shop: NamespaceSnapshot = {
  name: 'shop',
  createdAt: '2026-01-01T00:00:00Z',
  egressIPAM: 'pool',
  allocated: 'pool/10.0.0.1',
};
const before = [allocation('bank', '10.0.0.2'), allocation('shop', '10.0.0.1'), allocation('zoo', '10.0.0.3')];
const lost = (after: readonly Allocation[], namespace: NamespaceSnapshot | undefined = shop): readonly string[] =>
  lostProof(before, after, (name) => (name === 'shop' ? namespace : undefined)).map((entry) => entry.namespace);

it('is what a namespace had and another is to have now, or nobody', () => {
  expect(lost(before)).toEqual([]);
  expect(lost([allocation('cafe', '10.0.0.1', { source: 'input' })])).toEqual(['shop']);
  expect(lost([allocation('bank', '10.0.0.2'), allocation('shop', '10.0.0.9')])).toEqual(['shop']);
  expect(lost([allocation('shop', '10.0.0.1', { source: 'recorded' })])).toEqual([]);
  // It asked for another one, and got it.
  expect(lost([allocation('shop', '10.0.0.9', { source: 'input' })])).toEqual([]);
});

it.each([
  ['is deleted', { ...shop, deletedAt: '2026-01-02T00:00:00Z' }],
  ['claims from another EgressIPAM', { ...shop, egressIPAM: 'other' }],
  ['has no record any more', { ...shop, allocated: '' }],
])('is nothing of a namespace that %s', (_, namespace) => {
  expect(lost([], namespace)).toEqual([]);
});

it('is nothing that was never had for sure', () => {
  expect(lostProof([allocation('shop', '10.0.0.1', { source: 'recorded' })], [], () => shop)).toEqual([]);
});
