import type { Allocation, Plan } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { bareNamespaces, labelOf } from './bare-namespaces.ts';

const allocated = (addresses: readonly string[], carrying: readonly string[]): Allocation => ({
  namespace: 'shop',
  egressIPAM: 'pool',
  source: 'kept',
  addresses,
  nodes: addresses.map(() => 'n1'),
  carried: addresses.every((address) => carrying.includes(address)),
  ...(carrying.length === 0 ? {} : { carrying }),
});
const waiting = (code: string): Plan['waiting'] => [
  {
    namespace: 'shop',
    egressIPAM: 'pool',
    mender: 'cluster',
    reason: { code, severity: 'warning', object: { kind: 'Namespace', name: 'shop' }, message: '' },
  },
];
const bareOf = (allocations: readonly Allocation[], claims: Plan['waiting'] = []): unknown =>
  bareNamespaces({ waiting: claims, allocations }, ['EgressIPConflict']).get('shop');
const [v4, other4, v6, replaced4] = ['10.0.0.1', '10.0.1.1', 'fd00::1', '10.0.2.1'];

describe('what would leave a namespace with addresses of nodes', () => {
  it.each([
    ['all of it, while nothing carries', [v4], [], [4, 6]],
    ['all of it, also with several addresses on nodes that are not ready', [v4, other4], [], [4, 6]],
    ['all of it, of both families', [v4, v6], [], [4, 6]],
    ['one family, while the other is carried', [v4, v6], [v6], [4]],
    ['the other family', [v4, v6], [v4], [6]],
    ['one family of several addresses, of which none carries', [v4, other4, v6], [v6], [4]],
    ['nothing, while another address of the family carries', [v4, other4], [other4], undefined],
    ['nothing, when all carry', [v4, v6], [v4, v6], undefined],
    ['nothing, while what is replaced carries', [v4], [replaced4], undefined],
    ['one family, while what is replaced carries the other', [v6], [replaced4], [6]],
  ])('is %s', (_what, addresses, carrying, families) => {
    expect(bareOf([allocated(addresses, carrying)])).toEqual(families);
  });

  it('is all of it while a claim waits, unless somebody else serves it, and nothing when it is carried meanwhile', () => {
    expect(bareOf([], waiting('WaitingForAddress'))).toEqual([4, 6]);
    expect(bareOf([], waiting('EgressIPConflict'))).toBeUndefined();
    expect(bareOf([allocated([v4], [v4])], waiting('WaitingForAddress'))).toBeUndefined();
  });
});

it('what is kept in is told by the label', () => {
  expect([[4, 6], [4], [6]].map((families) => labelOf(families as readonly (4 | 6)[]))).toEqual([
    'unassigned',
    'unassigned-ipv4',
    'unassigned-ipv6',
  ]);
});
