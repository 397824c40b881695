import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { aHostSubnet, aNetNamespace, onSdn, planOf } from '../testing/builders.ts';

it('what a write of unknown outcome may have bound is given to nobody else, though its namespace has all that it should', () => {
  const egressIPs = ['10.0.0.1', '10.0.1.1'];
  const settled = aNamespace('shop', 1, { egressIPs: egressIPs.join(','), allocated: `pool/${egressIPs.join(',')}` });
  const { allocations } = planOf(
    onSdn(
      {
        nodes: [aNode('n1'), aNode('n2')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=a'])],
        namespaces: [settled, aNamespace('web', 2)],
      },
      [
        aHostSubnet('n1', ['10.0.0.1'], { hostedIPs: '10.0.0.1=shop' }),
        aHostSubnet('n2', ['10.0.1.1'], { hostedIPs: '10.0.1.1=shop' }),
      ],
      [{ ...aNetNamespace('shop', egressIPs), unconfirmed: ['10.0.0.2'] }, aNetNamespace('web')],
    ),
  );
  expect(allocations.map(({ addresses }) => addresses)).toEqual([egressIPs, ['10.0.0.3', '10.0.1.2']]);
});
