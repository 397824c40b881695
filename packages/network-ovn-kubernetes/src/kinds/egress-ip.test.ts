import { expect, it } from 'vitest';
import { egressIPKind } from './egress-ip.ts';

it('an item of its status without a node, or without an address, says of nothing where it is', () => {
  const items = [
    { egressIP: '10.0.0.5', node: '' },
    { egressIP: '', node: 'n1' },
    { egressIP: '10.0.0.6', node: 'n1' },
  ];
  const metadata = { name: 'egressip-shop', creationTimestamp: '2026-01-01T00:00:00Z' };
  const spec = { namespaceSelector: {}, egressIPs: ['10.0.0.5', '10.0.0.6'] };
  expect(egressIPKind.read({ metadata, spec, status: { items } })).toMatchObject({
    value: { assigned: [{ egressIP: '10.0.0.6', node: 'n1' }] },
  });
});
