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

describe('an entry of host-cidrs that is not understood', () => {
  it('takes nothing from the others: one without a prefix is an address, in no subnet', () => {
    const value = '["172.20.0.6/29","172.20.0.1","nonsense",7,"172.20.0.2/29"]';
    const own = { ...primary({ ipv4: '172.20.0.6/29' }), 'k8s.ovn.org/host-cidrs': value };
    const node = parseNode(anOvnNode('w6', 'a', own));
    expect(node.addresses.map(formatAddress)).toEqual(['172.20.0.6', '172.20.0.1', '172.20.0.2']);
    expect(node.hostSubnets?.map(({ text }) => text)).toEqual(['172.20.0.0/29', '172.20.0.0/29']);
    expect(node.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"nonsense"'),
      expect.stringContaining(' 7,'),
    ]);
    expect(given(own)).toEqual(['172.20.0.3']);
  });
});

describe('an address of the node that is written in another way', () => {
  it.each([
    ['host-addresses', '["172.20.0.6/29","172.20.0.1/29"]'],
    ['host-addresses', '[" 172.20.0.1 ","::ffff:172.20.0.1"]'],
    ['host-cidrs', '["172.20.0.6/29"," 172.20.0.1/29 "]'],
  ])('is its own all the same: %s %s', (annotation, value) => {
    const node = { ...primary({ ipv4: '172.20.0.6/29' }), [`k8s.ovn.org/${annotation}`]: value };
    expect(given(node)).toEqual(['172.20.0.2']);
    expect(parseNode(anOvnNode('w6', 'a', node)).findings).toEqual([]);
  });

  it('is told where it is not understood, of the older annotation, too', () => {
    const older = { 'k8s.ovn.org/host-addresses': '["172.20.0.1","172.020.000.002"]' };
    const { findings } = parseNode(anOvnNode('w6', 'a', { ...primary({ ipv4: '172.20.0.6/29' }), ...older }));
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('host-addresses has "172.020.000.002", which is no address'),
    ]);
  });
});

describe('a CIDR that meets a network inside the cluster', () => {
  const met = (CIDR: string, annotations: Readonly<Record<string, string>>): readonly string[] => {
    const nodes = [anOvnNode('w6', 'a', { ...primary({ ipv4: '10.0.0.6/8' }), ...annotations })];
    const snapshot = onOvn({ egressIPAMs: [anEgressIPAM([`${CIDR}=a`])], nodes, namespaces: [aNamespace('shop')] });
    return findingsOf(snapshot, 'MeetsClusterNetwork').map(({ message }) => message);
  };
  const joined = { 'k8s.ovn.org/node-gateway-router-lrp-ifaddr': '{"ipv4":"100.99.0.2/16","ipv6":"fd99::2/64"}' };

  it.each([
    ['100.64.0.0/29', {}, 'the join network'],
    ['fd98::8/125', {}, 'the join network'],
    ['100.88.3.0/29', {}, 'the transit network'],
    ['100.99.8.0/29', joined, 'the join network'],
    ['fd99::8/125', joined, 'the join network'],
    [
      '100.65.8.0/29',
      { 'k8s.ovn.org/node-gateway-router-lrp-ifaddrs': '{"default":{"ipv4":"100.65.0.2/16"}}' },
      'the join',
    ],
    ['100.87.8.0/29', { 'k8s.ovn.org/node-transit-switch-port-ifaddr': '{"ipv4":"100.87.0.2/16"}' }, 'the transit'],
    ['10.244.2.0/29', { 'k8s.ovn.org/node-subnets': '{"default":["10.244.2.0/24","fd01::/64"]}' }, 'the pod network'],
    ['10.244.2.0/29', { 'k8s.ovn.org/node-subnets': '{"default":"10.244.2.0/24"}' }, 'the pod network'],
    ['10.132.0.0/29', { 'k8s.ovn.org/hybrid-overlay-node-subnet': '10.132.0.0/23' }, 'the hybrid overlay network'],
    ['10.9.0.0/29', { 'k8s.ovn.org/node-masquerade-subnet': '{"ipv4":"10.9.0.0/17"}' }, 'the masquerade network'],
    ['fd69::/125', joined, 'the masquerade network'],
  ])('is refused: %s', (CIDR, annotations, what) => {
    expect(met(CIDR, annotations)).toEqual([expect.stringContaining(what)]);
  });

  it('is none where nodes tell other networks than the usual ones', () => {
    expect(met('100.64.0.0/29', joined)).toEqual([]);
    expect(met('100.88.0.0/29', joined)).toEqual([]);
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

describe('what a node says without end', () => {
  const many = Array.from({ length: 12_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);

  it('keeps no more than sixteen gateways from others, and counts as far as any node goes', () => {
    const { gateways, addresses, hostSubnets } = parseNode(
      anOvnNode('w6', 'a', {
        'k8s.ovn.org/l3-gateway-config': JSON.stringify({ default: { 'next-hops': many } }),
        'k8s.ovn.org/host-cidrs': JSON.stringify(many.map((address) => `${address}/16`)),
        'k8s.ovn.org/host-addresses': JSON.stringify(many),
      }),
    );
    expect(gateways).toHaveLength(16);
    expect(addresses.length).toBeLessThanOrEqual(1_024);
    expect(hostSubnets?.length).toBeLessThanOrEqual(1_024);
  });

  it('tells of the first few things that are not understood', () => {
    const entries = [...many.map((text) => `${text}/x/`), ...many.map(() => 'nonsense'), '10.0.0.5/24'].reverse();
    const { findings } = parseNode(anOvnNode('w6', 'a', { 'k8s.ovn.org/host-cidrs': JSON.stringify(entries) }));
    expect(findings).toHaveLength(8);
  });
});
