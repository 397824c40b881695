import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { aHostSubnet, findingsOf, onSdn, planOf } from '../testing/builders.ts';

const cluster = (CIDR: string, subnet: string): ReturnType<typeof onSdn> =>
  onSdn({ nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM([`${CIDR}=a`])], namespaces: [aNamespace('shop')] }, [
    aHostSubnet(aNode('n1'), [], { subnet }),
  ]);

it('refuses a pool that meets the pods of a HostSubnet', () => {
  const snapshot = cluster('10.128.1.0/24', '10.128.0.0/23');
  expect(findingsOf(snapshot, 'MeetsClusterNetwork')).toMatchObject([
    { message: expect.stringContaining('10.128.0.0/23, the pods of HostSubnet n1') },
  ]);
  expect(planOf(snapshot).allocations).toEqual([]);
});

it.each(['10.130.0.0/23', '', 'none'])('serves one that does not meet %j', (subnet) => {
  expect(planOf(cluster('10.128.1.0/24', subnet)).allocations).toHaveLength(1);
});

it('tells a namespace that a family is not carried, and not that nodes are away', () => {
  const { waiting } = planOf(cluster('fd00:7::/120', ''));
  expect(waiting).toMatchObject([
    { reason: { message: expect.stringContaining('the network carries no IPv6 egress addresses') } },
  ]);
});
