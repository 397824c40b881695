import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { aHostSubnet, findingsOf, onSdn, planOf } from '../testing/builders.ts';

const parts = {
  nodes: [aNode('n1')],
  egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
  namespaces: [aNamespace('shop')],
};

describe('a HostSubnet without a node', () => {
  it('is told when it hosts what nobody recorded', () => {
    const snapshot = onSdn(parts, [aHostSubnet('gone', ['10.0.0.4'])]);
    expect(findingsOf(snapshot, 'HostSubnetWithoutNode')).toMatchObject([
      { object: { kind: 'HostSubnet', name: 'gone' }, addresses: ['10.0.0.4'] },
    ]);
  });

  it('has an address of its own, which is never given out', () => {
    const snapshot = onSdn(parts, [aHostSubnet('bigip-01', [], { hostIP: '10.0.0.1' })]);
    expect(planOf(snapshot).allocations).toMatchObject([{ addresses: ['10.0.0.2'] }]);
    expect(findingsOf(snapshot, 'HostSubnetWithoutNode')).toEqual([]);
  });
});
