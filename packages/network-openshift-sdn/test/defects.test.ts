import { describe, expect, it } from 'vitest';
import type { Plan } from '@egressip-ipam/core';
import {
  inShort,
  aHostSubnet,
  aNamespace,
  aNetNamespace,
  aNode,
  anEgressIPAM,
  aSnapshot,
  applyStep,
  plan,
  readySteps,
  settle,
  type FlatSnapshot,
} from './support/flat.ts';

const nodes = [aNode('n1'), aNode('n2')];
const addressesOf = (result: Plan, namespace: string): readonly string[] | undefined =>
  result.allocations.find((entry) => entry.namespace === namespace)?.addresses;
const codesOf = (result: Plan, name: string): readonly string[] =>
  result.findings.filter(({ object }) => object.name === name).map(({ code }) => code);

/** A cluster on a cloud: an interface per node, with room for `limit` addresses beside the primary one. */
function onCloud(
  snapshot: FlatSnapshot,
  limit: number,
  foreign: Readonly<Record<string, readonly string[]>> = {},
): FlatSnapshot {
  const observed = snapshot.nodes.map(({ name, addresses }) => ({
    node: name,
    limits: { ipv4: limit + 1 },
    interfaces: [
      {
        id: `second-${name}`,
        main: false,
        subnets: ['10.8.0.0/16'],
        addresses: [{ address: `10.8.0.${name.slice(1)}`, primary: true }],
      },
      {
        id: `main-${name}`,
        main: true,
        subnets: ['10.0.0.0/16'],
        addresses: [
          { address: addresses[0] ?? '', primary: true },
          ...(foreign[name] ?? []).map((address) => ({ address, primary: false })),
        ],
      },
    ],
  }));
  const cidrs = snapshot.egressIPAMs.flatMap(({ cidrAssignments }) =>
    cidrAssignments.map(({ CIDR }) => ({
      cidr: CIDR,
      inUse: Object.values(foreign)
        .flat()
        .map((address) => ({ address, usedBy: 'someone' })),
      reserved: [],
    })),
  );
  return {
    ...snapshot,
    provider: {
      name: 'memory',
      attach: true,
      cloud: true,
      observationRequired: true,
      observation: { nodes: observed, cidrs },
    },
  };
}

describe('defects of the original, as regression tests', () => {
  it('defect 1: an annotation with fewer addresses than CIDRs is a finding, not a crash', () => {
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
        namespaces: [aNamespace('short', 0, { egressIPs: '10.0.0.5' })],
      }),
    );
    expect(codesOf(result, 'short')).toEqual(['WrongAddressCount']);
    expect(addressesOf(result, 'short')).toBeUndefined();
    expect(result.steps.filter((step) => step.kind === 'annotate')).toEqual([]);
  });

  it('defect 2: one bad namespace does not stop the others of its EgressIPAM', () => {
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
        namespaces: [aNamespace('bad', 0, { egressIPs: 'nonsense' }), aNamespace('good', 1)],
      }),
    );
    expect(codesOf(result, 'bad')).toEqual(['InvalidAddress']);
    expect(addressesOf(result, 'good')).toEqual(['10.0.0.1']);
  });

  it('defect 3: duplicate input goes to the oldest claim, and EgressIPAMs that share nodes or ranges are reported', () => {
    const younger = anEgressIPAM(['10.0.0.0/29=a'], { name: 'younger', createdAt: '2026-01-01T02:00:00Z' });
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a']), younger],
        namespaces: [
          aNamespace('second', 2, { egressIPs: '10.0.0.5,10.0.1.5' }),
          aNamespace('first', 1, { egressIPs: '10.0.0.5,10.0.1.6' }),
          aNamespace('other', 3, { egressIPAM: 'younger' }),
        ],
      }),
    );
    expect(addressesOf(result, 'first')).toEqual(['10.0.0.5', '10.0.1.6']);
    expect(codesOf(result, 'second')).toEqual(['DuplicateAddress']);
    expect(codesOf(result, 'younger')).toEqual(expect.arrayContaining(['OverlappingNodes', 'OverlappingCIDR']));
    expect(codesOf(result, 'other')).toContain('WaitingForNodes');
  });

  it('defect 4: a CIDR with host bits is masked, and said so', () => {
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.5/29=a', '10.0.1.0/29=a'])],
        namespaces: [aNamespace('x')],
      }),
    );
    expect(addressesOf(result, 'x')).toEqual(['10.0.0.1', '10.0.1.1']);
    expect(codesOf(result, 'pool')).toContain('CIDRNotMasked');
  });

  it('defect 5: the choice of nodes depends on no order but that of names', () => {
    const parts = {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
      namespaces: ['a', 'b', 'c'].map((name, age) => aNamespace(name, age)),
    };
    const forward = plan(aSnapshot({ ...parts, nodes }));
    const snapshot = aSnapshot({ ...parts, nodes });
    const backward = plan({
      ...snapshot,
      nodes: [...snapshot.nodes].reverse(),
      namespaces: [...snapshot.namespaces].reverse(),
      hostSubnets: [...snapshot.hostSubnets].reverse(),
    });
    expect(backward.allocations).toEqual(forward.allocations);
  });

  it('defect 6: a foreign address on an interface stays, also when the EgressIPAM is deleted', () => {
    const parts = {
      nodes,
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
      namespaces: [aNamespace('x')],
    };
    const settled = settle(onCloud(aSnapshot(parts), 5, { n1: ['10.0.0.9'] }));
    const deleting = settle({
      ...settled,
      egressIPAMs: settled.egressIPAMs.map((pool) => ({ ...pool, deletedAt: '2026-02-01T00:00:00Z' })),
    });
    expect(deleting.egressIPAMs).toEqual([]);
    const carried = deleting.provider.observation?.nodes.flatMap((node) =>
      'error' in node
        ? []
        : node.interfaces
            .filter(({ main }) => main)
            .flatMap(({ addresses }) => addresses.filter(({ primary }) => !primary)),
    );
    expect(carried).toEqual([{ address: '10.0.0.9', primary: false }]);
  });

  it('defect 7: the main interface counts, wherever it stands in the list', () => {
    const settled = settle(
      onCloud(
        aSnapshot({
          nodes,
          egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
          namespaces: [aNamespace('x')],
        }),
        5,
      ),
    );
    for (const node of settled.provider.observation?.nodes ?? []) {
      if ('error' in node) continue;
      expect(node.interfaces.map(({ main, addresses }) => [main, addresses.length])).toEqual([
        [false, 1],
        [true, 2],
      ]);
    }
  });

  it('defect 8: where it cannot be read what is in use, nothing is handed out', () => {
    const snapshot = onCloud(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
        namespaces: [aNamespace('x')],
      }),
      5,
    );
    const observation = {
      nodes: snapshot.provider.observation?.nodes ?? [],
      cidrs: [
        { cidr: '10.0.0.0/28', error: { class: 'throttled' as const, message: 'too many requests' } },
        { cidr: '10.0.1.0/28', inUse: [], reserved: [] },
      ],
    };
    const result = plan({ ...snapshot, provider: { ...snapshot.provider, observation } });
    expect(addressesOf(result, 'x')).toBeUndefined();
    expect(codesOf(result, 'x')).toEqual(['WaitingForProvider']);
  });

  it('defect 10: a switch of the EgressIPAM, an opt-out and the end of a namespace leave nothing behind', () => {
    const pools = [
      anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a']),
      anEgressIPAM(['10.5.0.0/28=z', '10.5.1.0/28=z'], { name: 'other' }),
    ];
    const names = ['switches', 'leaves', 'ends'];
    const settled = settle(
      aSnapshot({
        nodes: [...nodes, aNode('n3', 'z'), aNode('n4', 'z')],
        egressIPAMs: pools,
        namespaces: names.map((name, age) => aNamespace(name, age)),
      }),
    );
    const changed = settle({
      ...settled,
      namespaces: settled.namespaces.flatMap((namespace) => {
        if (namespace.name === 'ends') return [];
        const { egressIPAM: _egressIPAM, ...rest } = namespace;
        return [namespace.name === 'leaves' ? rest : { ...rest, egressIPAM: 'other' }];
      }),
      netNamespaces: settled.netNamespaces.filter(({ name }) => name !== 'ends'),
    });
    expect(plan(changed).allocations.map(({ namespace, addresses }) => [namespace, addresses])).toEqual([
      ['switches', ['10.5.0.1', '10.5.1.1']],
    ]);
    expect(changed.namespaces.find(({ name }) => name === 'leaves')).not.toHaveProperty('egressIPs');
    expect(changed.hostSubnets.slice(0, 2).map(({ egressIPs, hostedIPs }) => [egressIPs, hostedIPs])).toEqual([
      [[], undefined],
      [[], undefined],
    ]);
    expect(changed.netNamespaces.find(({ name }) => name === 'leaves')?.egressIPs).toEqual([]);
  });

  it('defect 12: nothing is promised that no node can carry; it waits with a reason and is served when room appears', () => {
    const namespaces = ['a', 'b', 'c'].map((name, age) => aNamespace(name, age));
    const full = settle(
      onCloud(aSnapshot({ nodes, egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])], namespaces }), 2),
    );
    expect(plan(full).waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
      ['c', 'WaitingForCapacity'],
    ]);
    expect(full.netNamespaces.find(({ name }) => name === 'c')?.egressIPs).toEqual([]);
    const room = settle({
      ...full,
      namespaces: full.namespaces.filter(({ name }) => name !== 'a'),
      netNamespaces: full.netNamespaces.filter(({ name }) => name !== 'a'),
    });
    expect(plan(room).waiting).toEqual([]);
    expect(room.netNamespaces.find(({ name }) => name === 'c')?.egressIPs).toHaveLength(2);
  });

  it('defect 15: traffic is bound only when the addresses are hosted', () => {
    let snapshot = aSnapshot({
      nodes,
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
      namespaces: [aNamespace('x')],
    });
    const order: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (const step of readySteps(plan(snapshot))) {
        order.push(step.kind === 'network' ? step.action : step.kind);
        snapshot = applyStep(snapshot, step);
      }
    }
    expect(order).toEqual(['annotate', 'host', 'host', 'bind']);
  });

  it('defect 16: two CIDRs with the same label value both count', () => {
    const result = plan(
      aSnapshot({
        nodes,
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
        namespaces: [aNamespace('x')],
      }),
    );
    expect(addressesOf(result, 'x')).toEqual(['10.0.0.1', '10.0.1.1']);
    expect(result.allocations[0]?.nodes).toEqual(['n1', 'n2']);
  });

  it('an IPv6 CIDR on OpenShift SDN, which carries IPv4 alone, is a finding and is never written', () => {
    const result = plan(
      aSnapshot({ nodes, egressIPAMs: [anEgressIPAM(['2001:db8::/64=a'])], namespaces: [aNamespace('x')] }),
    );
    expect(codesOf(result, 'pool')).toEqual(['CIDRNotHostable']);
    expect(result.allocations).toEqual([]);
    expect(result.steps).toEqual([]);
  });

  it('defect 19: one plan serves ten thousand namespaces, each with the lowest free address (what it costs is in the benchmarks)', () => {
    const namespaces = Array.from({ length: 10_000 }, (_, index) =>
      aNamespace(`ns-${String(index).padStart(5, '0')}`, index),
    );
    const { allocations } = plan(aSnapshot({ nodes, egressIPAMs: [anEgressIPAM(['10.0.0.0/16=a'])], namespaces }));
    expect(allocations.map(({ addresses }) => addresses[0])).toEqual(
      namespaces.map((_, index) => `10.0.${(index + 1) >> 8}.${(index + 1) & 255}`),
    );
  });

  it('what the original left is taken over without changing an address', () => {
    const left = aSnapshot({
      nodes,
      egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a'])],
      namespaces: [aNamespace('x', 0, { egressIPs: '10.0.0.7,10.0.1.7' })],
      hostSubnets: [aHostSubnet('n1', ['10.0.1.7']), aHostSubnet('n2', ['10.0.0.7'])],
      netNamespaces: [aNetNamespace('x', ['10.0.0.7', '10.0.1.7'])],
    });
    const result = plan(left);
    expect(result.allocations.map(({ addresses, nodes: carriers, source }) => [addresses, carriers, source])).toEqual([
      [['10.0.0.7', '10.0.1.7'], ['n2', 'n1'], 'kept'],
    ]);
    expect(result.steps.map(inShort)).toEqual(['host n1', 'host n2']);
    expect(result.steps.every(({ effects }) => Object.keys(effects).length === 0)).toBe(true);
  });
});
