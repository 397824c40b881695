import { plan } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { EgressGatewayPolicyEntry } from '../kinds/egress-gateway-policy.ts';
import { network } from '../network.ts';
import { aCluster, aGateway, settings } from '../testing/cluster.ts';

const foreign = (more: Partial<EgressGatewayPolicyEntry> = {}): EgressGatewayPolicyEntry => ({
  name: 'by-hand',
  selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'team' } } }],
  destinationCIDRs: ['0.0.0.0/0'],
  excludedCIDRs: [],
  gateways: [{ nodeSelector: {}, egressIP: '10.0.0.1' }],
  ...more,
});
const planned = (parts: Parameters<typeof aCluster>[0]) =>
  plan(aCluster({ namespaces: [aNamespace('team')], ...parts }), network);

describe('policies of others', () => {
  it('have their addresses to themselves, and stay', () => {
    const cluster = aCluster({
      namespaces: [aNamespace('team')],
      policies: [foreign({ selectors: [{ namespaceSelector: { matchLabels: { x: 'y' } } }] })],
    });
    const settled = settle(cluster, network);
    expect(plan(settled, network).allocations).toMatchObject([{ addresses: ['10.0.0.2', '10.0.1.1'] }]);
    expect(settled.network.objects['CiliumEgressGatewayPolicy']).toHaveLength(2);
  });

  it.each([
    ['the namespace by name', {}],
    [
      'it by its labels',
      {
        selectors: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team' } },
            podSelector: { matchLabels: { app: 'x' } },
          },
        ],
      },
    ],
    ['every namespace', { selectors: [{ namespaceSelector: {} }] }],
    ['pods of any namespace', { selectors: [{ podSelector: { matchLabels: { app: 'x' } } }] }],
  ])('keep a claim waiting where one for all destinations selects %s', (_, more) => {
    const { waiting } = planned({ policies: [foreign(more)] });
    expect(waiting).toMatchObject([
      { reason: { message: expect.stringContaining('CiliumEgressGatewayPolicy by-hand') } },
    ]);
  });

  it('that come later are told of, and nothing is called carried; what the namespace has stays', () => {
    const settled = settle(aCluster({ namespaces: [aNamespace('team')] }), network);
    const policies = [...(settled.network.objects['CiliumEgressGatewayPolicy'] ?? []), foreign({ gateways: [] })];
    const rivalled = { ...settled, network: { ...settled.network, objects: { CiliumEgressGatewayPolicy: policies } } };
    expect(plan(settled, network).allocations).toMatchObject([{ carried: true }]);
    expect(plan(rivalled, network)).toMatchObject({
      allocations: [{ addresses: ['10.0.0.1', '10.0.1.1'], carried: false }],
      findings: [{ code: 'ForeignPolicy', severity: 'warning', object: { kind: 'Namespace', name: 'team' } }],
      steps: [],
    });
  });

  it('keep a claim waiting for the destinations of its EgressIPAM alone', () => {
    const ours = (more: object) => [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=b'], more)];
    const waiting = (egressIPAMs: ReturnType<typeof ours>, more: object) =>
      planned({ egressIPAMs, policies: [foreign(more)] }).waiting;
    const narrow = ours({ destinationCIDRs: ['198.51.100.0/24', '10.0.0.0/8'], excludedCIDRs: ['10.1.0.0/16'] });
    expect(waiting(narrow, {})).toEqual([]);
    for (const more of [
      { destinationCIDRs: ['198.51.100.7/24'] },
      { destinationCIDRs: ['10.1.0.0/16'] },
      { excludedCIDRs: ['10.0.0.0/8'] },
    ])
      expect(waiting(narrow, more)).toMatchObject([{ reason: { code: 'ForeignPolicy' } }]);
    expect(waiting(ours({ destinationCIDRs: ['x'] }), {})).toHaveLength(1);
  });

  it('go well with ours for destinations of their own, and for other namespaces', () => {
    const others = [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'other', app: 'x' } } }];
    for (const more of [
      { destinationCIDRs: ['198.51.100.0/24'] },
      { selectors: others },
      { selectors: [{ nodeSelector: {} }] },
    ]) {
      expect(planned({ policies: [foreign(more)] }).waiting).toEqual([]);
    }
  });

  it('with our label under another name are copies, and not ours', () => {
    const copy = foreign({ egressIPAM: 'pool', selectors: [] });
    expect(planned({ policies: [copy] }).steps.filter(({ object }) => object.name === 'by-hand')).toEqual([]);
  });
});

describe('nodes', () => {
  it('without a hostname label, or with that of another, carry nothing, and it is said', () => {
    const nodes = [
      aGateway('node1', 'a', { labels: { 'topology.kubernetes.io/zone': 'a', 'kubernetes.io/hostname': 'node0' } }),
      aGateway('node0'),
      aGateway('node3', 'b'),
    ];
    const { findings, allocations } = planned({ nodes });
    expect(findings).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ code: 'HostnameLabelShared', object: { kind: 'Node', name: 'node1' } }),
      ]),
    );
    expect(allocations[0]?.nodes[0]).toBe('node0');
    const bare = planned({ nodes: nodes.map((node) => ({ ...node, labels: { 'topology.kubernetes.io/zone': 'a' } })) });
    expect(bare.findings.filter(({ code }) => code === 'HostnameLabelMissing')).toHaveLength(3);
    expect(bare.allocations).toEqual([]);
  });

  it('with private IPv6 addresses take no public one, which would become the source of all their pods', () => {
    const egressIPAMs = [anEgressIPAM(['2001:db8:1::/125=a'])];
    const nodes = (address: string) => [aGateway('node1', 'a', { addresses: ['192.168.0.1', address] })];
    expect(planned({ egressIPAMs, nodes: nodes('fd00::1') }).allocations).toEqual([]);
    expect(planned({ egressIPAMs, nodes: nodes('2001:db8::1') }).allocations).toHaveLength(1);
    const old = { name: 'cilium', objects: {}, settings: { ...settings, prefersPublic: false } };
    expect(planned({ egressIPAMs, nodes: nodes('fd00::1'), network: old }).allocations).toHaveLength(1);
  });
});

describe('Cilium itself', () => {
  it('with the egress gateway off gives out nothing, and the way out is named', () => {
    const off = {
      ...settings,
      obstacle: "Cilium's egress gateway is off: set egressGateway.enabled=true in its Helm values",
    };
    const { waiting } = planned({ network: { name: 'cilium', settings: off, objects: {} } });
    expect(waiting).toMatchObject([{ reason: { message: expect.stringContaining('egressGateway.enabled=true') } }]);
  });

  describe('has policy maps that can become full', () => {
    const maps = (mapSize: number, more: object = {}, policies: readonly EgressGatewayPolicyEntry[] = []) => ({
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], more)],
      nodes: [aGateway('node1')],
      network: { name: 'cilium', settings: { ...settings, mapSize }, objects: { CiliumEgressGatewayPolicy: policies } },
    });
    const namespaces = Array.from({ length: 9 }, (_, index) => aNamespace(`team-${index}`, index));
    const served = (parts: ReturnType<typeof maps>) => {
      const { allocations, waiting } = planned({ ...parts, namespaces });
      expect(allocations.length + waiting.length).toBe(namespaces.length);
      for (const { reason } of waiting) expect(reason.code).toBe('PolicyMapFull');
      return allocations.map(({ namespace }) => namespace);
    };
    const firstTeams = (count: number) => namespaces.slice(0, count).map(({ name }) => name);

    it('whose entries are counted before anything is promised, oldest first, by the pods and CIDRs of each', () => {
      expect(served(maps(59))).toEqual(firstTeams(5));
      expect(served(maps(59, { podsPerNamespace: 20 }))).toEqual(firstTeams(2));
      expect(served(maps(59, { podsPerNamespace: 1 }))).toEqual(firstTeams(9));
      expect(served(maps(59, { destinationCIDRs: ['198.51.100.0/24', '10.0.0.0/8'] }))).toEqual(firstTeams(2));
      expect(served(maps(59, { excludedCIDRs: ['10.0.0.0/8', '10.1.0.0/16'] }))).toEqual(firstTeams(1));
      expect(served(maps(59, {}, [foreign({ selectors: [] })]))).toEqual(firstTeams(4));
    });

    it('family by family', () => {
      const two = {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', 'fd00:1::/120=b'])],
        nodes: [aGateway('node1'), aGateway('node3', 'b')],
      };
      const { tables, waiting } = plan(settle(aCluster({ ...maps(40), ...two, namespaces }), network), network);
      expect(waiting).toHaveLength(5);
      expect(tables).toEqual([
        { table: 'egress-policy-map-ipv4', entries: 40, uncounted: 4, size: 40 },
        { table: 'egress-policy-map-ipv6', entries: 40, uncounted: 4, size: 40 },
      ]);
    });

    it('with room for the pods that there are, where these are more than a namespace is reckoned to have', () => {
      const counted = (counts: Readonly<Record<string, number>>) => {
        const parts = maps(59);
        const CiliumEndpoint = Object.entries(counts).map(([name, count]) => ({ name, count }));
        return { ...parts, network: { ...parts.network, objects: { ...parts.network.objects, CiliumEndpoint } } };
      };
      expect(served(counted({ 'team-0': 3 }))).toEqual(firstTeams(5));
      expect(served(counted({ 'team-0': 40 }))).toEqual(firstTeams(2));
      expect(served(counted({ 'team-2': 40 }))).toEqual(['team-0', 'team-1', 'team-3', 'team-4', 'team-5']);
      const grown = counted({ 'team-0': 40, 'team-1': 12 });
      const settled = settle(aCluster({ ...maps(59), namespaces: namespaces.slice(0, 3) }), network);
      const objects = {
        ...grown.network.objects,
        ...settled.network.objects,
        CiliumEndpoint: grown.network.objects.CiliumEndpoint,
      };
      const { tables, findings } = plan({ ...settled, network: { ...settled.network, objects } }, network);
      expect(tables?.[0]).toEqual({ table: 'egress-policy-map-ipv4', entries: 62, uncounted: 1, size: 59 });
      expect(findings).toMatchObject([
        { code: 'PolicyMapFull', message: expect.stringContaining('not all pods are counted') },
      ]);
    });

    it('and what is promised counts before its policy is written', () => {
      const [settledOnce] = [settle(aCluster({ ...maps(59), namespaces: namespaces.slice(0, 3) }), network)];
      const withoutPolicies = {
        ...settledOnce,
        network: maps(59).network,
        namespaces: [...settledOnce.namespaces, ...namespaces.slice(3)],
      };
      expect(plan(withoutPolicies, network).allocations).toHaveLength(5);
    });

    it('and before its policy has destinations, while the address comes to its node', () => {
      const settled = settle(aCluster({ ...maps(19), namespaces: namespaces.slice(0, 1) }), network);
      const [policy] = settled.network.objects['CiliumEgressGatewayPolicy'] ?? [];
      const noted = {
        ...settled,
        network: {
          ...settled.network,
          objects: {
            CiliumEgressGatewayPolicy: [
              { ...policy, name: policy?.name ?? '', destinationCIDRs: [], reserve: '10.0.0.1=node1' },
            ],
          },
        },
      };
      expect(
        plan({ ...noted, namespaces: [...settled.namespaces, ...namespaces.slice(1, 2)] }, network).allocations,
      ).toHaveLength(1);
    });

    it('a map that fills is said; a full one takes nothing from anybody', () => {
      const findingsAt = (mapSize: number) => {
        const cluster = settle(aCluster({ ...maps(100), namespaces: namespaces.slice(0, 4) }), network);
        const { findings, allocations } = plan(
          { ...cluster, network: { ...cluster.network, settings: { ...settings, mapSize } } },
          network,
        );
        expect(allocations).toHaveLength(4);
        return findings.map(({ code, severity }) => `${code} ${severity}`);
      };
      expect(findingsAt(51)).toEqual([]);
      expect(findingsAt(50)).toEqual(['PolicyMapFilling warning']);
      expect(findingsAt(40)).toEqual(['PolicyMapFull error']);
      expect(findingsAt(10)).toEqual(['PolicyMapFull error']);
    });
  });
});
