import { formatAddress, type NodeSnapshot } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM, aNode } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { anOvnNode, findingsOf, onOvn, planOf, primary } from '../testing/builders.ts';
import { nodeAnnotations, parseNode } from './parse-node.ts';

const given = (
  annotations: Readonly<Record<string, string>>,
  CIDR = '172.20.0.0/29',
  ...reservedIPs: readonly string[]
): unknown => {
  const egressIPAMs = [anEgressIPAM([{ CIDR, labelValue: 'a', reservedIPs }])];
  const nodes: readonly NodeSnapshot[] = [anOvnNode('w6', 'a', annotations)];
  return planOf(onOvn({ egressIPAMs, nodes, namespaces: [aNamespace('shop')] })).allocations.flatMap(
    ({ addresses }) => addresses,
  );
};

describe('what a node says of itself is never given out', () => {
  const own = primary({ ipv4: '172.20.0.6/29' });

  it('its default gateway', () => {
    const gateway = {
      'k8s.ovn.org/l3-gateway-config':
        '{"default":{"mode":"shared","next-hops":["172.20.0.1"],"next-hop":"172.20.0.1"}}',
    };
    expect(given(own)).toEqual(['172.20.0.1']);
    expect(given({ ...own, ...gateway })).toEqual(['172.20.0.2']);
    const asked = onOvn({
      egressIPAMs: [anEgressIPAM(['172.20.0.0/29=a'])],
      nodes: [anOvnNode('w6', 'a', { ...own, ...gateway })],
      namespaces: [aNamespace('shop', 0, { egressIPs: '172.20.0.1' })],
    });
    expect(planOf(asked).waiting).toMatchObject([
      { reason: { message: expect.stringContaining('default gateway of node w6') as string } },
    ]);
  });

  it('its addresses, also where only the older annotation has them', () => {
    expect(given({ ...own, 'k8s.ovn.org/host-addresses': '["172.20.0.6","172.20.0.1"]' })).toEqual(['172.20.0.2']);
    expect(given({ ...own, 'k8s.ovn.org/host-cidrs': '["172.20.0.6/29","172.20.0.1/29"]' })).toEqual(['172.20.0.2']);
  });
});

describe('the subnets of a node', () => {
  it('are none where its interface has a prefix of full length', () => {
    const { primarySubnets } = parseNode(
      anOvnNode('m0', 'a', primary({ ipv4: '10.0.0.10/24', ipv6: '1001:db8::5f/128' })),
    );
    expect(primarySubnets?.map(({ text }) => text)).toEqual(['10.0.0.0/24']);
    const egressIPAMs = [anEgressIPAM(['1001:db8::/64=a'])];
    const snapshot = onOvn({
      egressIPAMs,
      nodes: [anOvnNode('m0', 'a', primary({ ipv6: '1001:db8::5f/128' }))],
      namespaces: [aNamespace('shop')],
    });
    expect(findingsOf(snapshot, 'CIDRNotHostable')).toHaveLength(1);
    expect(planOf(snapshot).allocations).toEqual([]);
  });
});

describe('annotations that are not understood', () => {
  it.each(nodeAnnotations.filter((key) => key.startsWith('k8s.ovn.org/') || key.startsWith('cloud.')))(
    'are a finding on the node: %s',
    (key) => {
      for (const value of ['{', '7', '[3]', '"x"', '{"ipv4":"nonsense"}', '[{"ifaddr":{"ipv4":"10.0.0.0/99"}}]']) {
        const { findings, addresses, gateways } = parseNode(aNode('n1', 'a', { annotations: { [key]: value } }));
        expect(findings.length).toBeLessThanOrEqual(1);
        expect([...addresses, ...gateways].map(formatAddress)).toEqual([]);
      }
      expect(parseNode(aNode('n1', 'a', { annotations: { [key]: '{' } })).findings).toMatchObject([
        { code: 'InvalidNodeAnnotation' },
      ]);
    },
  );
});
