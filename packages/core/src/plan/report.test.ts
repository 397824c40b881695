import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import { plain } from '../plain/plain-network.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { EgressIPAMSnapshot, NodeSnapshot, ProviderFailure } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import type { CidrUsage, Plan } from './plan-types.ts';
import { plan } from './planner.ts';

/** The plain network, which says more. */
const saying = (facts: Partial<NetworkFacts>): NetworkBackend => ({
  ...plain,
  createFactsReader: () => ({ read: (view) => ({ ...plain.createFactsReader().read(view), ...facts }) }),
});

describe('the usage of a CIDR', () => {
  interface Scene {
    readonly nodes?: readonly NodeSnapshot[];
    readonly backend?: NetworkBackend;
    readonly CIDR?: string;
    readonly drain?: boolean;
    readonly egressIPAM?: Partial<EgressIPAMSnapshot>;
  }
  const usageOf = ({ nodes = [aNode('n1')], backend = plain, CIDR = '10.0.0.0/28', drain, egressIPAM }: Scene) => {
    const assignment = { CIDR, labelValue: 'a', reservedIPs: ['10.0.0.5'], ...(drain === undefined ? {} : { drain }) };
    const egressIPAMs = [anEgressIPAM([assignment], egressIPAM)];
    const namespaces = [aNamespace('had', 0, { egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.2' })];
    return plan(aSnapshot({ nodes, egressIPAMs, namespaces }, backend), backend).egressIPAMs[0]?.cidrs[0];
  };

  it('is all of it: what namespaces have, what is kept back, and what is free', () => {
    expect(usageOf({})).toEqual({
      ...{ cidr: '10.0.0.0/28', labelValue: 'a', total: '16', reserved: '3', allocated: 1, free: '12' },
      ...{ placed: 1, carried: 1, nodes: ['n1'] },
    });
    expect(usageOf({ CIDR: 'fd00::/64' })).toMatchObject({ total: '18446744073709551616', allocated: 0 });
  });

  it('is nothing free where it is closed: it drains, goes, has no nodes, or a family that is not carried', () => {
    const closed = { closed: true, free: '0' };
    expect(usageOf({ drain: true })).toMatchObject({ ...closed, allocated: 1, reserved: '15' });
    expect(usageOf({ egressIPAM: { deletedAt: '2026-02-01T00:00:00Z' } })).toMatchObject({ ...closed, allocated: 0 });
    expect(usageOf({ nodes: [aNode('n1', 'b')] })).toMatchObject({ ...closed, nodes: [] });
    const ipv6: NetworkBackend = { ...plain, traits: (...given) => ({ ...plain.traits(...given), families: [6] }) };
    expect(usageOf({ backend: ipv6 })).toMatchObject(closed);
  });

  it('is not known while all of its nodes take nothing, and is free as before', () => {
    const usage = usageOf({ nodes: [aNode('n1', 'a', { unschedulable: true })] });
    expect(usage).toMatchObject({ free: '12', nodes: ['n1'], takers: [], capacity: 0 });
    expect(usage).not.toHaveProperty('closed');
  });

  it('has as much room as nodes that take more have for its family', () => {
    const capacity = { ipv4: 4, ipv6: 9, total: 6 };
    const backend = saying({ nodeOf: () => ({ usable: true, capacity, addresses: [] }) });
    const nodes = [aNode('n1'), aNode('n2'), aNode('n3', 'a', { ready: false })];
    expect(usageOf({ nodes, backend })).toMatchObject({ capacity: 8, takers: ['n1', 'n2'] });
    expect(usageOf({ nodes, backend, CIDR: 'fd00::/64' })).toMatchObject({ capacity: 12 });
  });

  it('is free as far as nodes can carry it, and tells how few can carry some address', () => {
    const inSubnet = (name: string, ipv4: string): NodeSnapshot => {
      const value = JSON.stringify([{ interface: 'i', ifaddr: { ipv4 }, capacity: { ipv4: 9 } }]);
      return aNode(name, 'a', { annotations: { [egressIPConfigAnnotation]: value } });
    };
    const nodes = [inSubnet('n1', '10.0.0.0/29'), inSubnet('n2', '10.0.0.4/30')];
    // Each subnet keeps its first and its last address; 10.0.0.5 is kept back, and 10.0.0.2 is allocated.
    expect(usageOf({ nodes })).toMatchObject({
      free: '3',
      reserved: '12',
      fewestTakers: 1,
    } satisfies Partial<CidrUsage>);
  });
});

describe('what a plan says beside allocations', () => {
  const planned = (backend: NetworkBackend, failures: readonly ProviderFailure[] = []): Plan => {
    const inUse = [{ address: '10.0.0.8', usedBy: 'a machine' }];
    const observation = {
      nodes: [{ node: 'n1', interfaces: [], limits: {} }],
      cidrs: [{ cidr: '10.0.0.0/24', inUse, reserved: [] }],
    };
    const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: false, observation, failures };
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a'], { generation: 7 })];
    return plan(aSnapshot({ nodes: [aNode('n1')], egressIPAMs, provider }, backend), backend);
  };

  it('is what the network refused, and what the cloud said is in use, in order', () => {
    const refused = new Set(['10.0.0.9', '10.0.0.20'].map((text) => parseAddress(text) ?? 0));
    const failure = (address: string, errorClass: 'conflict' | 'capacity'): ProviderFailure => ({
      ...{ change: 'attach', address, node: 'n1' },
      error: { class: errorClass, message: '' },
    });
    const failures = [
      failure('10.0.0.10', 'conflict'),
      failure('10.0.0.20', 'conflict'),
      failure('10.0.0.8', 'capacity'),
    ];
    expect(planned(saying({ refused }), failures).refused).toEqual([
      { address: '10.0.0.9', reason: 'Unassignable' },
      { address: '10.0.0.10', reason: 'InUse' },
      { address: '10.0.0.20', reason: 'Unassignable' },
    ]);
    expect(planned(plain)).not.toHaveProperty('refused');
  });

  it('is the generation of each EgressIPAM that it is about, and when to plan again', () => {
    expect(planned(plain).egressIPAMs).toMatchObject([{ name: 'pool', generation: 7, deleting: false }]);
    const waking = { ...plain, render: () => ({ steps: [], findings: [], wakeAt: Date.UTC(2026, 1, 2) }) };
    expect(planned(waking).wakeAt).toBe('2026-02-02T00:00:00.000Z');
    expect(planned(plain)).not.toHaveProperty('wakeAt');
  });

  it('is what nodes of EgressIPAMs have room for', () => {
    const capacity = { ipv4: 4, ipv6: 9, total: 20 };
    const backend = saying({ nodeOf: () => ({ usable: true, capacity, addresses: [] }) });
    const { nodes } = plan(
      aSnapshot({ nodes: [aNode('n1'), aNode('n2', 'b')], egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])] }, backend),
      backend,
    );
    expect(nodes).toEqual([{ node: 'n1', egressIPAM: 'pool', placed: 0, capacity: 4 }]);
  });
});
