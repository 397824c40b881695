import { describe, expect, it } from 'vitest';
import type { NodeObservation, ProviderErrorClass } from '@egressip-ipam/core';
import {
  inShort,
  aNamespace,
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
const seen = (node: string, index: number): NodeObservation => ({
  node,
  limits: { ipv4: 10 },
  interfaces: [
    {
      id: `nic-${node}`,
      main: true,
      subnets: ['10.0.0.0/24'],
      addresses: [{ address: `10.0.0.${250 + index}`, primary: true }],
    },
  ],
});

/** A cluster on a cloud in which namespace `shop` has its address on n1. */
const settled = settle(
  aSnapshot({
    nodes,
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
    namespaces: [aNamespace('shop')],
    provider: {
      name: 'memory',
      attach: true,
      cloud: true,
      observationRequired: true,
      observation: {
        nodes: nodes.map(({ name }, index) => seen(name, index)),
        cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }],
      },
    },
  }),
);

function withUnreadable(snapshot: FlatSnapshot, node: string, errorClass: ProviderErrorClass): FlatSnapshot {
  const { observation } = snapshot.provider;
  if (observation === undefined) return snapshot;
  const entries = observation.nodes.map((entry): NodeObservation =>
    entry.node === node ? { node, error: { class: errorClass, message: `${node} cannot be read` } } : entry,
  );
  return { ...snapshot, provider: { ...snapshot.provider, observation: { ...observation, nodes: entries } } };
}

const optedOut = (snapshot: FlatSnapshot): FlatSnapshot => ({
  ...snapshot,
  namespaces: snapshot.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest),
});
const hosted = (snapshot: FlatSnapshot): readonly string[] =>
  snapshot.hostSubnets.flatMap(({ egressIPs }) => egressIPs);

describe('attachments that cannot be seen', () => {
  it('has the address on an interface to begin with', () => {
    expect(plan(settled).steps).toEqual([]);
    expect(hosted(settled)).toEqual(['10.0.0.1']);
  });

  it('law 10: at rest an unreadable interface is no reason to write', () => {
    expect(plan(withUnreadable(settled, 'n1', 'transient')).steps).toEqual([]);
  });

  it('law 9: what may still be on an interface stays on record until it is known to be off', () => {
    const waiting = settle(withUnreadable(optedOut(settled), 'n1', 'transient'));
    expect(hosted(waiting)).toEqual(['10.0.0.1']);
    expect(waiting.netNamespaces.flatMap(({ egressIPs }) => egressIPs)).toEqual([]);
    expect(readySteps(plan(waiting))).toEqual([]);
    const [detach, host] = ['Interface', 'HostSubnet'].map((kind) =>
      plan(waiting).steps.find(({ object }) => object.kind === kind),
    );
    expect(detach?.after).toEqual([{ kind: 'observed', object: { kind: 'Interface', name: 'n1' }, state: 'read' }]);
    expect(host?.after).toEqual([{ kind: 'step', id: detach?.id }]);
    const readable = { ...waiting, provider: settled.provider };
    expect(readySteps(plan(readable)).map(inShort)).toEqual(['detach n1']);
    expect(hosted(settle(readable))).toEqual([]);
  });

  it('law 9: stays on record when its namespace goes in the middle of a move, and is taken off', () => {
    const lost = {
      ...settled,
      nodes: settled.nodes.map((node) => (node.name === 'n1' ? { ...node, ready: false } : node)),
    };
    const [first, ...others] = readySteps(plan(lost));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ action: 'host', node: 'n1', payload: { egressIPs: [], hostedIPs: '10.0.0.1=shop' } });
    const between = first === undefined ? lost : applyStep(lost, first);
    const gone = { ...between, namespaces: [], netNamespaces: [] };
    expect(readySteps(plan(gone)).map(inShort)).toEqual(['remember pool', 'detach n1']);
    const end = settle(gone);
    expect(end.hostSubnets.map(({ hostedIPs }) => hostedIPs)).toEqual([undefined, undefined]);
    expect(plan(end).steps).toEqual([]);
    // And when it does not go: the record leaves with the address.
    const moved = settle(lost);
    expect(moved.hostSubnets.map(({ egressIPs, hostedIPs }) => ({ egressIPs, hostedIPs }))).toEqual([
      { egressIPs: [], hostedIPs: undefined },
      { egressIPs: ['10.0.0.1'], hostedIPs: '10.0.0.1=shop' },
    ]);
    expect(plan(moved).steps).toEqual([]);
  });

  it('law 9: what may be on an interface though a look does not show it is taken off before it leaves the record', () => {
    const { observation } = settled.provider;
    if (observation === undefined) throw new Error('the settled cluster was seen');
    const unseen = {
      ...settled.provider,
      observation: { ...observation, nodes: nodes.map(({ name }, index) => seen(name, index)) },
    };
    const left = optedOut(settled);
    const doubted = (...entries: readonly { node: string; address: string }[]): FlatSnapshot => ({
      ...left,
      provider: { ...unseen, doubted: entries },
    });
    const idsOf = (snapshot: FlatSnapshot): readonly string[] => plan(snapshot).steps.map(inShort);
    const unbound =
      [doubted({ node: 'n1', address: '10.0.0.1' })].map((snapshot) =>
        readySteps(plan(snapshot))
          .filter((step) => inShort(step) === 'bind shop')
          .reduce(applyStep, snapshot),
      )[0] ?? left;
    expect(unbound.netNamespaces.flatMap(({ egressIPs }) => egressIPs)).toEqual([]);
    expect(readySteps(plan(unbound)).map(inShort)).toEqual(['remember pool', 'detach n1']);
    const end = settle(unbound);
    expect(hosted(end)).toEqual([]);
    expect(plan(end).steps).toEqual([]);
    expect(hosted(settle(withUnreadable(doubted({ node: 'n1', address: '10.0.0.1' }), 'n1', 'not-found')))).toEqual([]);
    expect(
      idsOf(withUnreadable(doubted({ node: 'n1', address: '10.0.0.1' }), 'n1', 'not-found')).filter((id) =>
        id.startsWith('detach'),
      ),
    ).toEqual([]);
    // Neither foreign addresses, nor those that are on another node, nor those that are wanted are touched.
    expect(idsOf(doubted({ node: 'n1', address: '10.0.0.99' }))).not.toContain('detach n1');
    expect(
      idsOf({ ...left, provider: { ...settled.provider, doubted: [{ node: 'n2', address: '10.0.0.1' }] } }),
    ).not.toContain('detach n2');
    expect(
      plan({ ...settled, provider: { ...unseen, doubted: [{ node: 'n1', address: '10.0.0.1' }] } }).steps.map(inShort),
    ).toEqual(['attach n1']);
  });

  it('law 2: stays where it is when its node is no longer chosen and no other has room, is said to, and is taken off with its namespace', () => {
    const alone = {
      ...settled,
      nodes: settled.nodes.map((node) => (node.name === 'n1' ? { ...node, labels: {} } : { ...node, ready: false })),
    };
    const homeless = settle(alone);
    expect(homeless.hostSubnets.find(({ name }) => name === 'n1')).toMatchObject({
      egressIPs: ['10.0.0.1'],
      hostedIPs: '10.0.0.1=shop',
    });
    expect(homeless.netNamespaces.flatMap(({ egressIPs }) => egressIPs)).toEqual(['10.0.0.1']);
    expect(plan(homeless).steps).toEqual([]);
    expect(plan(homeless).findings.map(({ code }) => code)).toContain('AddressNotPlaced');
    const gone = { ...homeless, namespaces: [], netNamespaces: [] };
    expect(readySteps(plan(gone)).map(inShort)).toContain('detach n1');
    expect(settle(gone).hostSubnets.map(({ hostedIPs }) => hostedIPs)).toEqual([undefined, undefined]);
  });

  it('an instance that the platform does not have carries nothing', () => {
    expect(hosted(settle(withUnreadable(optedOut(settled), 'n1', 'not-found')))).toEqual([]);
  });

  it('law 2: keeps an address that was promised when a stranger takes it, and says who has it', () => {
    const { observation } = settled.provider;
    if (observation === undefined) throw new Error('the settled cluster was seen');
    const stolen = {
      nodes: nodes.map(({ name }, index) => seen(name, index)),
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [{ address: '10.0.0.1', usedBy: 'load balancer eni-7' }], reserved: [] }],
    };
    const { findings, allocations } = plan({ ...settled, provider: { ...settled.provider, observation: stolen } });
    expect(allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.1'] }]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'AddressConflict',
        object: { kind: 'Namespace', name: 'shop' },
        message: expect.stringContaining('load balancer eni-7'),
      }),
    );
  });

  it('says to the namespace what the provider refused', () => {
    const failures = [
      {
        change: 'attach' as const,
        address: '10.0.0.1',
        node: 'n1',
        error: { class: 'capacity' as const, message: 'the interface is full' },
      },
    ];
    const { findings } = plan({ ...settled, provider: { ...settled.provider, failures } });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'AttachmentFailed',
        object: { kind: 'Namespace', name: 'shop' },
        message: expect.stringContaining('the interface is full'),
      }),
    );
  });
});

describe('an address that the platform shows in use', () => {
  const inUse = {
    ...settled,
    hostSubnets: settled.hostSubnets.map(({ hostedIPs: _hostedIPs, ...entry }) => ({ ...entry, egressIPs: [] })),
  };

  it('law 2: stays with its namespace where it may be on an interface that could not be read', () => {
    const { allocations } = plan(withUnreadable(inUse, 'n1', 'throttled'));
    expect(allocations.map(({ source, addresses }) => [source, addresses])).toEqual([['kept', ['10.0.0.1']]]);
  });
});
