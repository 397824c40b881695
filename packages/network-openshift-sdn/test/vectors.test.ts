import { describe, expect, it } from 'vitest';
import type { NamespaceSnapshot, NodeSnapshot } from '@egressip-ipam/core';
import {
  aHostSubnet,
  aNamespace,
  aNetNamespace,
  aNode,
  anEgressIPAM,
  aSnapshot,
  boundByRecord,
  cloudNode as describedNode,
  plan,
  settle,
} from './support/flat.ts';

/** A node as the cloud network config controller describes it. */
const cloudNode = (name: string, ipv4: string, capacity: number): NodeSnapshot =>
  describedNode(aNode(name), ipv4, capacity);
const cloud = { name: 'aws', attach: false, cloud: true, observationRequired: false };

describe("vectors of OpenShift SDN's own allocator", () => {
  it('TestEgressCIDRAllocation: a node that alone can carry an address gets it, and the other address goes elsewhere', () => {
    const nodes = [cloudNode('node3', '172.17.1.0/24', 99), cloudNode('node4', '172.17.0.0/24', 99)];
    const pool = anEgressIPAM(['172.17.0.0/24=a', '172.17.1.0/24=a']);
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes,
        egressIPAMs: [pool],
        namespaces: [aNamespace('ns42', 0, { egressIPs: '172.17.0.100,172.17.1.100' })],
      }),
    );
    expect(result.allocations[0]?.nodes).toEqual(['node4', 'node3']);
  });

  it('TestEgressCIDRAllocationWithMultipleAssignmentOptions: three addresses on two nodes make one and one, and the third has none', () => {
    const namespace = aNamespace('ns42', 0, {
      egressIPs: '10.0.0.1,10.0.1.1,10.0.2.1',
      allocated: 'pool/10.0.0.1,10.0.1.1,10.0.2.1',
    });
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes: [cloudNode('n1', '10.0.0.0/16', 9), cloudNode('n2', '10.0.0.0/16', 9)],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a', '10.0.2.0/24=a'])],
        namespaces: [namespace],
        netNamespaces: boundByRecord([namespace]),
      }),
    );
    const nodes = result.allocations[0]?.nodes ?? [];
    expect([...nodes].sort()).toEqual(['n1', 'n2', null].sort());
  });

  it('the same for a new claim: it waits, as nothing is promised that cannot be carried', () => {
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes: [cloudNode('n1', '10.0.0.0/16', 9), cloudNode('n2', '10.0.0.0/16', 9)],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a', '10.0.2.0/24=a'])],
        namespaces: [aNamespace('ns42')],
      }),
    );
    expect(result.waiting.map(({ reason }) => reason.code)).toEqual(['WaitingForCapacity']);
  });

  it('TestAutomaticEgressAllocationRespectingCapacity…WithFullAssignment: the one solution is found, whatever comes first', () => {
    const nodes = [cloudNode('node1', '10.0.0.0/16', 2), cloudNode('node2', '10.0.0.0/16', 1)];
    for (const [two, one] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const pools = [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'])];
      const namespaces = [
        aNamespace('ns101', two, { egressIPs: '10.0.0.1,10.0.1.1', allocated: 'pool/10.0.0.1,10.0.1.1' }),
        aNamespace('ns103', one, { egressIPs: '10.0.0.3', allocated: 'pool/10.0.0.3' }),
      ];
      const placed = plan(
        aSnapshot({ provider: cloud, nodes, egressIPAMs: pools, namespaces, netNamespaces: boundByRecord(namespaces) }),
      ).allocations.map(({ nodes: carriers }) => carriers);
      expect([...(placed[0] ?? [])].sort()).toEqual(['node1', 'node2']);
      expect(placed[1]?.[0]).toBe('node1');
    }
  });

  const twice = (name: string, age: number, third: number): NamespaceSnapshot =>
    aNamespace(name, age, {
      egressIPs: `10.0.0.${third},10.0.1.${third}`,
      allocated: `pool/10.0.0.${third},10.0.1.${third}`,
    });
  const twoPools = anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a']);
  /** By namespace, the nodes that carry its addresses; by node, how many it carries. */
  const spread = (
    capacity: number,
    namespaces: readonly NamespaceSnapshot[],
  ): {
    readonly of: readonly (readonly (string | null)[])[];
    readonly on: readonly number[];
    readonly hosts: readonly number[];
  } => {
    const nodes = ['node1', 'node2'].map((name) => cloudNode(name, '10.0.0.0/16', capacity));
    const settled = settle(
      aSnapshot({
        provider: cloud,
        nodes,
        egressIPAMs: [twoPools],
        namespaces,
        netNamespaces: boundByRecord(namespaces),
      }),
    );
    const { allocations, steps } = plan(settled);
    expect(steps).toEqual([]);
    const of = allocations.map(({ nodes: carriers }) => carriers);
    return {
      of,
      on: nodes.map(({ name }) => of.flat().filter((carrier) => carrier === name).length),
      hosts: settled.hostSubnets.map(({ egressIPs }) => egressIPs.length),
    };
  };

  it('…RespectingCapacityAndBalancedNamespaceAssignment: each namespace has one address on each of two nodes', () => {
    const { of, on } = spread(2, [twice('ns101', 0, 1), twice('ns102', 1, 2)]);
    expect(of.map((carriers) => [...carriers].sort())).toEqual([
      ['node1', 'node2'],
      ['node1', 'node2'],
    ]);
    expect(on).toEqual([2, 2]);
  });

  it('…RespectingCapacityAndBalancedNamespaceAssignmentForAFullyConstraintProblem: what there is room for is placed, the oldest first, and new claims wait', () => {
    const { of, on } = spread(1, [twice('ns101', 0, 1), twice('ns102', 1, 2), aNamespace('ns103', 2)]);
    expect(of.map((carriers) => [...carriers].sort())).toEqual([
      ['node1', 'node2'],
      [null, null],
    ]);
    expect(on).toEqual([1, 1]);
  });

  it('…RespectingCapacityAndConsistentFullGlobalAssignment: where there is room for all, all are placed, and stay when others come', () => {
    const before = spread(3, [twice('ns101', 0, 1), twice('ns102', 1, 2)]);
    const after = spread(3, [twice('ns101', 0, 1), twice('ns102', 1, 2), twice('ns103', 2, 3)]);
    expect(after.of.slice(0, 2)).toEqual(before.of);
    expect(after.on).toEqual([3, 3]);
  });

  it('TestManualEgressAllocationRespectingCapacity: no HostSubnet is written that holds more than its node can carry, which the SDN would ignore whole', () => {
    const { hosts } = spread(
      2,
      [0, 1, 2, 3].map((index) => twice(`ns10${index}`, index, index + 1)),
    );
    expect(hosts).toEqual([2, 2]);
  });

  it('law 3: an address that came before makes room for another namespace, but never beside one of its own that came after', () => {
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes: [cloudNode('n1', '10.0.0.0/16', 1), cloudNode('n2', '10.0.0.0/16', 3)],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'])],
        namespaces: [
          aNamespace('older', 0, { egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.2' }),
          aNamespace('younger', 1),
        ],
      }),
    );
    expect(result.allocations.map(({ namespace, nodes }) => [namespace, [...nodes].sort()])).toEqual([
      ['older', ['n1', 'n2']],
    ]);
    expect(result.waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
      ['younger', 'WaitingForCapacity'],
    ]);
  });

  it('law 4: a claim that cannot be served does not hide from the next one how room can be made', () => {
    const namespaces = [
      aNamespace('needs-two-nodes', 0),
      aNamespace('has-one', 1, { egressIPs: '10.0.0.7', allocated: 'pool/10.0.0.7' }),
      aNamespace('makes-room', 2, { egressIPs: '10.0.0.8', allocated: 'pool/10.0.0.8' }),
    ];
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes: [cloudNode('n1', '10.0.0.0/16', 2), cloudNode('n2', '10.0.0.0/16', 1)],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'])],
        namespaces,
        netNamespaces: boundByRecord(namespaces),
        hostSubnets: [aHostSubnet('n1', ['10.0.0.7'], { hostedIPs: '10.0.0.7=has-one' }), aHostSubnet('n2')],
      }),
    );
    expect(result.allocations.map(({ namespace, nodes }) => [namespace, nodes])).toEqual([
      ['has-one', ['n1', 'n2']],
      ['makes-room', ['n1']],
    ]);
  });

  it('…RespectingAvailability and …AllocationOffline: a node that is not ready gets nothing, and what it carried moves', () => {
    const nodes = [{ ...cloudNode('n1', '10.0.0.0/16', 9), ready: false }, cloudNode('n2', '10.0.0.0/16', 9)];
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
        namespaces: [aNamespace('had', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' }), aNamespace('new', 1)],
        hostSubnets: [aHostSubnet('n1', ['10.0.0.1'], { hostedIPs: '10.0.0.1=had' }), aHostSubnet('n2')],
        netNamespaces: [aNetNamespace('had', ['10.0.0.1']), aNetNamespace('new')],
      }),
    );
    expect(result.allocations.map(({ nodes: carriers }) => carriers)).toEqual([['n2'], ['n2']]);
    const [leaves, comes] = ['n1', 'n2'].map((name) =>
      result.steps.findLast(({ object }) => object.kind === 'HostSubnet' && object.name === name),
    );
    expect(leaves?.after).toEqual([]);
    expect(comes?.after).toContainEqual({ kind: 'step', id: leaves?.id });
  });

  it('TestEgressNodeRenumbering: an address that has become a node address is kept and reported, and never given out anew', () => {
    const nodes = [aNode('n1', 'a', { addresses: ['10.0.0.1'] }), aNode('n2', 'a', { addresses: ['192.168.0.2'] })];
    const had = aNamespace('had', 0, { egressIPs: '10.0.0.1,10.0.1.1', allocated: 'pool/10.0.0.1,10.0.1.1' });
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=a'])],
        namespaces: [had, aNamespace('new', 1)],
        netNamespaces: boundByRecord([had]),
      }),
    );
    expect(result.findings.filter(({ object }) => object.name === 'had').map(({ code }) => code)).toContain(
      'AddressConflict',
    );
    expect(result.allocations.find(({ namespace }) => namespace === 'new')?.addresses).toEqual([
      '10.0.0.2',
      '10.0.1.2',
    ]);
  });

  it.each([
    ['10.0.0.0/26', '10.0.0.1', undefined],
    ['10.0.0.0/22', '10.0.0.1', 'CIDRPartlyHostable'],
    ['10.9.0.0/26', undefined, 'CIDRNotHostable'],
  ])('TestValidEgressCIDRsForCloudNodes: %s on nodes in 10.0.0.0/23', (cidr, expected, code) => {
    const result = plan(
      aSnapshot({
        provider: cloud,
        nodes: [cloudNode('n1', '10.0.0.0/23', 9)],
        egressIPAMs: [anEgressIPAM([`${cidr}=a`])],
        namespaces: [aNamespace('x')],
      }),
    );
    expect(result.allocations[0]?.addresses[0]).toBe(expected);
    expect(result.findings.find(({ object }) => object.kind === 'EgressIPAM' && object.name === 'pool')?.code).toBe(
      code,
    );
  });
});

describe('what is never handed out', () => {
  const first = (overrides: Parameters<typeof aSnapshot>[0], cidr = '10.0.0.0/28'): string | undefined =>
    plan(
      aSnapshot({
        nodes: [aNode('n1')],
        egressIPAMs: [anEgressIPAM([`${cidr}=a`])],
        namespaces: [aNamespace('x')],
        ...overrides,
      }),
    ).allocations[0]?.addresses[0];

  it.each([
    ['network and broadcast up to /30', '10.0.0.0/30', '10.0.0.1'],
    ['both addresses of a /31 are good', '10.0.0.0/31', '10.0.0.0'],
    ['the address of a /32 is good', '10.0.0.7/32', '10.0.0.7'],
  ])('%s', (_name, cidr, expected) => expect(first({}, cidr)).toBe(expected));

  it('reserved addresses, CIDRs and ranges', () => {
    const egressIPAMs = [
      anEgressIPAM([
        { CIDR: '10.0.0.0/28', labelValue: 'a', reservedIPs: ['10.0.0.1', '10.0.0.2/31', '10.0.0.4-10.0.0.6'] },
      ]),
    ];
    expect(first({ egressIPAMs })).toBe('10.0.0.7');
  });

  it('law 1: addresses of nodes and their hosts, of the API and ingress', () => {
    const nodes = [aNode('n1', 'a', { addresses: ['10.0.0.1', '10.0.0.2'] })];
    expect(
      first({
        nodes,
        hostSubnets: [aHostSubnet('n1', [], { hostIP: '10.0.0.3' })],
        infrastructure: { virtualIPs: ['10.0.0.4'] },
      }),
    ).toBe('10.0.0.5');
  });

  it('what the platform reserves or shows in use', () => {
    const observation = {
      nodes: [],
      cidrs: [
        {
          cidr: '10.0.0.0/28',
          inUse: [{ address: '10.0.0.5', usedBy: 'a load balancer' }],
          reserved: ['10.0.0.0-10.0.0.3', '10.0.0.4'],
        },
      ],
    };
    expect(
      first({ provider: { name: 'memory', attach: false, cloud: false, observationRequired: true, observation } }),
    ).toBe('10.0.0.6');
  });

  it('law 6: anything of a CIDR of which the provider has told nothing', () => {
    const observation = { nodes: [], cidrs: [{ cidr: '10.0.0.0/28', inUse: [], reserved: [] }] };
    const provider = { name: 'memory', attach: false, cloud: false, observationRequired: true, observation };
    expect(first({ provider })).toBe('10.0.0.1');
    expect(first({ provider }, '10.0.1.0/28')).toBeUndefined();
  });

  it('a CloudPrivateIPConfig that is going away still holds its address', () => {
    const cloudPrivateIPConfigs = [
      { name: '10.0.0.1', deletedAt: '2026-01-01T00:00:00Z' },
      { name: '2001.0db8.0000.0000.0000.0000.0000.0001' },
    ];
    expect(first({ cloudPrivateIPConfigs })).toBe('10.0.0.2');
  });

  it('what someone hosts or binds by hand', () => {
    expect(
      first({
        hostSubnets: [aHostSubnet('n1', ['10.0.0.1'])],
        netNamespaces: [aNetNamespace('x'), aNetNamespace('elsewhere', ['10.0.0.2'])],
      }),
    ).toBe('10.0.0.3');
  });
});
