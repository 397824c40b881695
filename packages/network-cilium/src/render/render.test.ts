import { plan, type ClusterSnapshot, type NetworkEntry } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { aNamespace, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { egressGatewayPolicyKind } from '../kinds/egress-gateway-policy.ts';
import { network } from '../network.ts';
import { aCluster, aGateway, attaching, settings } from '../testing/cluster.ts';

const settled = (parts: Parameters<typeof aCluster>[0]): ClusterSnapshot => settle(aCluster(parts), network);
const policiesOf = ({ network: { objects } }: ClusterSnapshot): readonly NetworkEntry[] =>
  objects['CiliumEgressGatewayPolicy'] ?? [];
const gateway = (hostname: string, egressIP: string) => ({
  nodeSelector: { matchLabels: { 'kubernetes.io/hostname': hostname } },
  egressIP,
});
const withNode = (snapshot: ClusterSnapshot, name: string, change: object): ClusterSnapshot => ({
  ...snapshot,
  nodes: snapshot.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
});

/** An object as the API server has it once we have applied it. */
function asApplied(object: Readonly<Record<string, unknown>>): object {
  const time = '2026-01-05T00:00:00Z';
  const managedFields = [{ manager: 'egressip-ipam-operator', operation: 'Apply', time }];
  return { ...object, metadata: { ...(object['metadata'] as object), creationTimestamp: time, managedFields } };
}

describe('policies', () => {
  it('a namespace has one, with a gateway per address, the form of which Cilium takes', () => {
    const cluster = settled({ namespaces: [aNamespace('team')] });
    expect(policiesOf(cluster)).toEqual([
      {
        name: 'egressip-ipam.ipv4.team',
        egressIPAM: 'pool',
        applied: true,
        selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'team' } } }],
        destinationCIDRs: ['0.0.0.0/0'],
        excludedCIDRs: [],
        gateways: [gateway('node1', '10.0.0.1'), gateway('node3', '10.0.1.1')],
      },
    ]);
  });

  it('has as many gateways as Cilium takes; the rest is in reserve, and that is said', () => {
    const zones = Array.from({ length: 65 }, (_, index) => `zone-${index}`);
    const nodes = zones.map((zone, index) => aGateway(`node-${index}`, zone));
    const egressIPAMs = [anEgressIPAM(zones.map((zone, index) => `10.0.${index}.0/29=${zone}`))];
    const cluster = settled({ egressIPAMs, nodes, namespaces: [aNamespace('team')] });
    expect(policiesOf(cluster)).toMatchObject([{ gateways: { length: 64 }, reserve: '10.0.64.1=node-64' }]);
    const { steps, findings } = plan(cluster, network);
    expect(steps).toEqual([]);
    expect(findings).toMatchObject([{ code: 'AddressInReserve', addresses: ['10.0.64.1'] }]);
  });

  it('is at rest when nothing changes, also after a round through the API server', () => {
    const cluster = settled({ namespaces: [aNamespace('team'), aNamespace('other', 1)] });
    expect(plan(cluster, network).steps).toEqual([]);
    const step = plan(aCluster({ namespaces: [aNamespace('team')] }), network).steps.find(
      ({ kind }) => kind === 'network',
    );
    if (step?.kind !== 'network') throw new Error('no step');
    const write = network.write(step);
    if (write.verb !== 'apply') throw new Error('no apply');
    const read = egressGatewayPolicyKind.read(asApplied(write.object));
    const [simulated] = policiesOf(settled({ namespaces: [aNamespace('team')] }));
    expect(read).toEqual({ ok: true, value: simulated, problems: [] });
  });

  it('tells both families apart, as one without an egress IP would leave by the node', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a', 'fd00:1::/125=b'])];
    const nodes = [aGateway('node1'), aGateway('node3', 'b')];
    const names = policiesOf(settled({ egressIPAMs, nodes, namespaces: [aNamespace('team')] })).map(({ name }) => name);
    expect(names).toEqual(['egressip-ipam.ipv4.team', 'egressip-ipam.ipv6.team']);
  });

  it('names of namespaces never meet in a policy', () => {
    const names = policiesOf(
      settled({ namespaces: [aNamespace('ipv6'), aNamespace('a', 1), aNamespace('ipv4', 2)] }),
    ).map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
  });

  it('moves an address with one write, when its node is lost', () => {
    const cluster = withNode(settled({ namespaces: [aNamespace('team')] }), 'node1', { ready: false });
    const { steps } = plan(cluster, network);
    expect(steps).toMatchObject([
      { action: 'bind', effects: { hosted: ['10.0.0.1'], unhosted: ['10.0.0.1'] }, after: [] },
    ]);
    expect(policiesOf(settle(cluster, network))).toMatchObject([
      { gateways: [gateway('node2', '10.0.0.1'), gateway('node3', '10.0.1.1')] },
    ]);
  });

  it('an address without a node leaves the list and stays proven; it comes back', () => {
    const before = settled({ namespaces: [aNamespace('team')] });
    const cluster = settle(withNode(before, 'node3', { ready: false }), network);
    expect(policiesOf(cluster)).toMatchObject([
      { gateways: [gateway('node1', '10.0.0.1')], reserve: '10.0.1.1=node3' },
    ]);
    expect(plan(cluster, network).steps).toEqual([]);
    expect(plan(cluster, network).allocations).toMatchObject([
      { addresses: ['10.0.0.1', '10.0.1.1'], nodes: ['node1', null], carried: false },
    ]);
    expect(policiesOf(settle(withNode(cluster, 'node3', { ready: true }), network))).toEqual(policiesOf(before));
  });

  it('with no node for any address the policy stays: dropped is better than leaked', () => {
    const before = settled({ egressIPAMs: [anEgressIPAM(['10.0.1.0/29=b'])], namespaces: [aNamespace('team')] });
    const cluster = settle(withNode(before, 'node3', { ready: false }), network);
    expect(policiesOf(cluster)).toEqual(policiesOf(before));
  });

  it('goes when the namespace opts out, or is gone', () => {
    const cluster = settled({ namespaces: [aNamespace('team'), aNamespace('other', 1)] });
    const without = (name: string, change?: object): ClusterSnapshot => ({
      ...cluster,
      namespaces: cluster.namespaces.flatMap((namespace) =>
        namespace.name !== name ? [namespace] : change === undefined ? [] : [{ ...namespace, ...change }],
      ),
    });
    expect(policiesOf(settle(without('team'), network)).map(({ name }) => name)).toEqual(['egressip-ipam.ipv4.other']);
    const optedOut = {
      ...without('team', {}),
      namespaces: cluster.namespaces.map(({ egressIPAM, ...rest }) =>
        rest.name === 'team' ? rest : { ...rest, egressIPAM: egressIPAM ?? '' },
      ),
    };
    expect(policiesOf(settle(optedOut, network)).map(({ name }) => name)).toEqual(['egressip-ipam.ipv4.other']);
  });

  it('is for the destinations of its EgressIPAM; another choice changes it in place, and nothing is unbound', () => {
    const before = settled({ namespaces: [aNamespace('team')] });
    const cidrs = (more: object) => [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=b'], more)];
    const narrow = { destinationCIDRs: ['203.0.113.0/24', '198.51.100.0/24'], excludedCIDRs: ['203.0.113.7/32'] };
    const asked = { ...before, egressIPAMs: cidrs(narrow) };
    expect(plan(asked, network).steps).toMatchObject([{ action: 'bind', effects: {}, after: [] }]);
    const cluster = settle(asked, network);
    expect(policiesOf(cluster)).toEqual([
      {
        ...policiesOf(before)[0],
        destinationCIDRs: ['198.51.100.0/24', '203.0.113.0/24'],
        excludedCIDRs: ['203.0.113.7/32'],
      },
    ]);
    const reordered = { ...narrow, destinationCIDRs: [...narrow.destinationCIDRs].reverse() };
    expect(plan({ ...cluster, egressIPAMs: cidrs(reordered) }, network).steps).toEqual([]);
    const unreadable = { ...cluster, egressIPAMs: cidrs({ destinationCIDRs: ['198.51.100.0/33'] }) };
    expect(plan(unreadable, network)).toMatchObject({
      steps: [],
      findings: [{ code: 'InvalidDestination', field: 'spec.destinationCIDRs[0]' }],
    });
    expect(policiesOf(settle({ ...cluster, egressIPAMs: cidrs({}) }, network))).toEqual(policiesOf(before));
  });

  it('is written anew when somebody changes it, and when the machine of a gateway has started anew', () => {
    const cluster = settled({
      namespaces: [aNamespace('team')],
      nodes: [aGateway('node1', 'a', { bootID: 'one' }), aGateway('node3', 'b', { bootID: 'x' })],
    });
    expect(policiesOf(cluster)).toMatchObject([{ boots: 'node1=one,node3=x' }]);
    const changed = {
      ...cluster,
      network: {
        ...cluster.network,
        objects: {
          CiliumEgressGatewayPolicy: policiesOf(cluster).map((entry) => ({
            ...entry,
            destinationCIDRs: ['10.0.0.0/8'],
          })),
        },
      },
    };
    expect(plan(changed, network).steps).toHaveLength(1);
    const restarted = withNode(cluster, 'node1', { bootID: 'two' });
    expect(plan(restarted, network).steps).toMatchObject([{ action: 'bind', effects: {} }]);
    expect(policiesOf(settle(restarted, network))).toMatchObject([{ boots: 'node1=two,node3=x' }]);
  });
});

describe('a Cilium that takes one gateway', () => {
  const old = { ...settings, severalGateways: false, ipv6: false };
  const cluster = (parts: Parameters<typeof aCluster>[0] = {}): ClusterSnapshot =>
    settled({ namespaces: [aNamespace('team')], network: { name: 'cilium', settings: old, objects: {} }, ...parts });

  it('the first address carries, the other is in reserve, and that is said', () => {
    expect(policiesOf(cluster())).toMatchObject([
      { gateways: [gateway('node1', '10.0.0.1')], reserve: '10.0.1.1=node3' },
    ]);
    expect(plan(cluster(), network).findings).toMatchObject([
      { code: 'AddressInReserve', severity: 'info', addresses: ['10.0.1.1'] },
      { code: 'AddressInReserve', severity: 'warning', object: { kind: 'EgressIPAM', name: 'pool' } },
    ]);
    const each = [anEgressIPAM(['10.0.0.0/29=a'])];
    expect(plan(cluster({ egressIPAMs: each }), network).findings).toEqual([]);
  });

  it('what carries goes on for as long as it can; the other takes over when it has no node', () => {
    const lost = settle(withNode(withNode(cluster(), 'node1', { ready: false }), 'node2', { ready: false }), network);
    expect(policiesOf(lost)).toMatchObject([
      { gateways: [gateway('node3', '10.0.1.1')], reserve: expect.stringContaining('10.0.0.1=') },
    ]);
    const back = settle(withNode(lost, 'node1', { ready: true }), network);
    expect(policiesOf(back)).toMatchObject([
      { gateways: [gateway('node3', '10.0.1.1')], reserve: expect.stringContaining('10.0.0.1=') },
    ]);
  });
});

describe('where an agent puts addresses on nodes', () => {
  const empty = attaching({ node1: [], node2: [], node3: [] });

  it('the policy notes an address, then it goes on the node, then the policy sends by it', () => {
    const steps = plan(aCluster({ namespaces: [aNamespace('team')], provider: empty }), network).steps;
    const [annotate, record, ...others] = steps;
    expect(annotate).toMatchObject({ kind: 'annotate', after: [] });
    expect(record).toMatchObject({
      kind: 'network',
      effects: { recorded: ['10.0.0.1', '10.0.1.1'] },
      after: [{ id: annotate?.id }],
    });
    const attached = others.filter(({ kind }) => kind === 'attach');
    expect(attached).toHaveLength(2);
    for (const { after } of attached) expect(after).toContainEqual({ kind: 'step', id: record?.id });
    expect(others.at(-1)).toMatchObject({
      effects: { bound: ['10.0.0.1', '10.0.1.1'] },
      after: expect.arrayContaining(attached.map(({ id }) => ({ kind: 'step', id }))),
    });
  });

  it('a record is a policy without destinations, which Cilium takes without effect', () => {
    const cluster = aCluster({ namespaces: [aNamespace('team')], provider: empty });
    const record = plan(cluster, network).steps.find(({ kind }) => kind === 'network');
    if (record?.kind !== 'network') throw new Error('no record');
    const write = network.write(record);
    expect(write).toMatchObject({
      verb: 'apply',
      object: { spec: { destinationCIDRs: [], egressGateway: { nodeSelector: {} } } },
    });
  });

  it.each([
    [{ excludedCIDRs: ['198.51.100.0/24'] }, { excludedCIDRs: null }],
    [{ beside: gateway('node2', '10.0.0.9') }, { egressGateway: gateway('node1', '10.0.0.1') }],
    [
      { gateways: [{ ...gateway('node1', '10.0.0.1'), interface: 'eth0' }] },
      { egressGateway: { ...gateway('node1', '10.0.0.1'), interface: null }, egressGateways: [{}, {}] },
    ],
    [
      {
        gateways: [
          { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'node1', zone: 'z' } }, egressIP: '10.0.0.1' },
        ],
      },
      {
        egressGateway: {
          nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'node1', zone: null }, matchExpressions: null },
        },
      },
    ],
    [{ selectors: [{ podSelector: {} }] }, { selectors: [{ podSelector: { matchLabels: {} } }] }],
  ])('what people put into a policy, which an apply would leave there, is taken out: %j', (more, spec) => {
    const cluster = settled({ namespaces: [aNamespace('team')] });
    const [policy] = policiesOf(cluster);
    const objects = { CiliumEgressGatewayPolicy: [{ ...policy!, ...more }] };
    const [step, ...others] = plan({ ...cluster, network: { ...cluster.network, objects } }, network).steps;
    if (step?.kind !== 'network') throw new Error('no step');
    expect(network.write(step)).toMatchObject({ verb: 'patch', body: { spec } });
    expect(others).toEqual([]);
  });

  it('a policy that people turned to others, or that Cilium refuses, carries nothing, and the address stays', () => {
    const cluster = settled({ namespaces: [aNamespace('team')] });
    const [policy] = policiesOf(cluster);
    for (const more of [
      { selectors: [{ podSelector: {} }] },
      { gateways: [{ ...gateway('node1', '10.0.0.1'), interface: 'eth0' }, gateway('node3', '10.0.1.1')] },
      { destinationCIDRs: ['198.51.100.0/24'] },
      { excludedCIDRs: ['198.51.100.0/24'] },
    ]) {
      const objects = { CiliumEgressGatewayPolicy: [{ ...policy!, ...more }] };
      const { allocations, steps } = plan({ ...cluster, network: { ...cluster.network, objects } }, network);
      expect(allocations).toMatchObject([{ addresses: ['10.0.0.1', '10.0.1.1'], carried: false }]);
      // What brings traffic back is put back at once, whoever insists.
      expect(steps.map(({ effects }) => effects.bound)).toEqual([['10.0.0.1', '10.0.1.1']]);
    }
  });

  it('carries what its EgressIPAM tells, by a policy that sends just that, or more', () => {
    const destinations = { destinationCIDRs: ['198.51.100.0/24', '203.0.113.0/24'] };
    const egressIPAMs = [{ ...anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=b']), ...destinations }];
    const cluster = settled({ egressIPAMs, namespaces: [aNamespace('team')] });
    const [policy] = policiesOf(cluster);
    expect(policy).toMatchObject(destinations);
    const carriedBy = (more: object): boolean | undefined => {
      const objects = { CiliumEgressGatewayPolicy: [{ ...policy!, ...more }] };
      return plan({ ...cluster, network: { ...cluster.network, objects } }, network).allocations[0]?.carried;
    };
    expect(carriedBy({})).toBe(true);
    expect(carriedBy({ destinationCIDRs: ['0.0.0.0/0'] })).toBe(true);
    expect(carriedBy({ destinationCIDRs: ['203.0.113.0/24'] })).toBe(false);
  });

  it('an address moves to the other node first, then the policy follows', () => {
    const cluster = withNode(settled({ namespaces: [aNamespace('team')], provider: empty }), 'node1', { ready: false });
    const { steps } = plan(cluster, network);
    const move = steps.find(({ kind }) => kind === 'move');
    expect(move).toMatchObject({ from: 'node1', node: 'node2', after: [] });
    const following = steps.filter(({ effects }) => effects.hosted?.includes('10.0.0.1'));
    expect(following).toMatchObject([
      { kind: 'network', after: expect.arrayContaining([{ kind: 'step', id: move?.id }]) },
    ]);
    expect(policiesOf(settle(cluster, network))).toMatchObject([
      { gateways: [gateway('node2', '10.0.0.1'), gateway('node3', '10.0.1.1')] },
    ]);
  });

  it('when a node has lost an address, the policy is written once more after it is back: that makes the agents look', () => {
    const cluster = settled({ namespaces: [aNamespace('team')], provider: empty });
    const lost = { ...cluster, provider: attaching({ node1: [], node2: [], node3: ['10.0.1.1'] }) };
    expect(plan(lost, network).steps).toMatchObject([
      { kind: 'network', payload: { policy: { looks: '1?' } } },
      { kind: 'attach', node: 'node1' },
    ]);
    const back = settle(lost, network);
    expect(policiesOf(back)).toMatchObject([
      { looks: '1', gateways: [gateway('node1', '10.0.0.1'), gateway('node3', '10.0.1.1')] },
    ]);
    expect(plan(back, network).steps).toEqual([]);
  });

  it.each([
    ['the node that it was on its way to', { node1: [], node2: ['10.0.0.1'], node3: ['10.0.1.1'] }],
    ['two nodes, as it was between them', { node1: ['10.0.0.1'], node2: ['10.0.0.1'], node3: ['10.0.1.1'] }],
  ])('what leaves comes off %s, which its policy does not name', (_, attached) => {
    const cluster = settled({ namespaces: [aNamespace('team')], provider: empty });
    const gone = settle({ ...cluster, namespaces: [], provider: attaching(attached) }, network);
    const carried = (gone.provider.observation?.nodes ?? []).flatMap((node) =>
      'interfaces' in node ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    );
    expect(carried.filter(({ primary }) => !primary)).toEqual([]);
    expect(policiesOf(gone)).toEqual([]);
  });

  it('what leaves stays on record until it is off the node', () => {
    const cluster = settled({ namespaces: [aNamespace('team')], provider: empty });
    const gone = { ...cluster, namespaces: [] };
    const steps = plan(gone, network).steps.filter(({ kind }) => kind !== 'remember');
    expect(steps[0]).toMatchObject({
      kind: 'network',
      effects: { unbound: ['10.0.0.1', '10.0.1.1'] },
      payload: { write: 'apply', policy: { gateways: [], reserve: '10.0.0.1=node1,10.0.1.1=node3' } },
    });
    expect(policiesOf(settle(gone, network))).toEqual([]);
  });
});

describe('law 5: a policy with our label and a name that we give', () => {
  const served = settled({ namespaces: [aNamespace('team')] });
  const [own] = policiesOf(served);
  /** What is written of policies beside a copy of ours, of which the managed fields say whose it is, or nothing. */
  const beside = (name: string, whose: object, namespaces = served.namespaces): ClusterSnapshot => {
    const { applied: _applied, ...copy } = { applied: true, ...own, name };
    const policies = [...policiesOf(served).filter((policy) => policy.name !== name), { ...copy, ...whose }];
    const objects = { ...served.network.objects, CiliumEgressGatewayPolicy: policies };
    return { ...served, namespaces, network: { ...served.network, objects } };
  };
  const writesOf = (snapshot: ClusterSnapshot): readonly string[] =>
    plan(snapshot, network).steps.flatMap((step) =>
      step.kind === 'network' ? [`${step.action} ${step.object.name}`] : [],
    );
  const unproven = (snapshot: ClusterSnapshot): readonly string[] =>
    plan(snapshot, network).findings.flatMap(({ code, object }) => (code === 'OwnershipUnproven' ? [object.name] : []));

  it.each([
    ['managed fields name others', { applied: false }],
    ['a file has no managed fields', {}],
  ])('is left alone, and told, where %s and no record confirms it', (_what, whose) => {
    for (const name of ['egressip-ipam.ipv4.team-copy', 'egressip-ipam.ipv4.gone']) {
      expect(writesOf(beside(name, whose))).toEqual([]);
      expect(unproven(beside(name, whose))).toEqual([name]);
    }
  });

  it.each([
    ['managed fields name others', { applied: false }],
    ['a file has no managed fields', {}],
  ])('is ours where the record confirms it, though %s', (_what, whose) => {
    const own = 'egressip-ipam.ipv4.team';
    expect(writesOf(beside(own, whose))).toEqual([]);
    expect(unproven(beside(own, whose))).toEqual([]);
    const optedOut = served.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest);
    expect(writesOf(beside(own, whose, optedOut))).toEqual([`unbind ${own}`]);
  });

  it('is not written over where the record says something else', () => {
    const elsewhere = [aNamespace('team', 0, { egressIPs: '10.0.0.4,10.0.1.4', allocated: 'pool/10.0.0.4,10.0.1.4' })];
    const name = 'egressip-ipam.ipv4.team';
    const snapshot = beside(name, { selectors: [{ podSelector: { matchLabels: { app: 'x' } } }] }, elsewhere);
    expect(writesOf(snapshot)).toEqual([]);
    expect(unproven(snapshot)).toEqual([name]);
    expect(plan(snapshot, network).allocations.filter(({ carried }) => carried)).toEqual([]);
  });

  it('goes with its namespace where managed fields say that we made it', () => {
    const name = 'egressip-ipam.ipv4.gone';
    expect(writesOf(beside(name, { applied: true }))).toEqual([`unbind ${name}`]);
  });
});
