import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { HostedAddress } from '../network-contract/facts.ts';
import type { InterfaceStep } from '../network-contract/step.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import type { AttachedAddress, NodeObservation } from '../provider-contract/observation.ts';
import { settle } from '../simulate/settle.ts';
import type { ClusterSnapshot, NodeSnapshot, ProviderSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { effectsOf } from './attachments.ts';

const text = '10.0.0.1';
const address = parseAddress(text) ?? 0;

function seen(node: string, addresses: readonly string[] = [], more: Partial<AttachedAddress> = {}): NodeObservation {
  const list = addresses.map((entry) => ({ address: entry, primary: false, ...more }));
  return { node, interfaces: [{ id: 'i', main: true, subnets: ['10.0.0.0/24'], addresses: list }], limits: {} };
}

const away = (node: string, errorClass: 'transient' | 'not-found'): NodeObservation => ({
  node,
  error: { class: errorClass, message: '' },
});

function cluster(nodes: readonly NodeObservation[], provider: Partial<ProviderSnapshot> = {}): ClusterSnapshot {
  const observation = { nodes, cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }] };
  return aSnapshot({
    nodes: [aNode('n1'), aNode('n2')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
    namespaces: [aNamespace('shop')],
    provider: { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation, ...provider },
  });
}

/** `shop` has 10.0.0.1 by its annotation. */
const served = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
  ...snapshot,
  namespaces: [aNamespace('shop', 0, { egressIPs: text, allocated: `pool/${text}` })],
});
const leaving = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
  ...snapshot,
  namespaces: [{ name: 'shop', createdAt: '2026-01-02T00:00:00Z', egressIPs: text, allocated: `pool/${text}` }],
});
const withNode = (snapshot: ClusterSnapshot, name: string, change: Partial<NodeSnapshot>): ClusterSnapshot => ({
  ...snapshot,
  nodes: snapshot.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
});

const changesIn = (snapshot: ClusterSnapshot, backend = plain): readonly InterfaceStep[] =>
  plan(snapshot, backend).steps.filter(
    (step): step is InterfaceStep => step.kind === 'attach' || step.kind === 'detach' || step.kind === 'move',
  );
const idsIn = (snapshot: ClusterSnapshot, backend = plain): readonly string[] =>
  changesIn(snapshot, backend).map(({ id }) => id);

describe('an address that a namespace has', () => {
  it('is attached to its node, for its namespace', () => {
    const [step] = changesIn(served(cluster([seen('n1'), seen('n2')])));
    expect(step).toMatchObject({
      id: 'attach 10.0.0.1 n1',
      node: 'n1',
      namespace: 'shop',
      effects: { attached: [text] },
    });
    expect(idsIn(cluster([seen('n1'), seen('n2')], { attach: false }))).toEqual([]);
  });

  it('is attached again where half of it is there, and left alone where all is', () => {
    expect(idsIn(served(cluster([seen('n1'), seen('n2', [text])])))).toEqual([]);
    const half = cluster([seen('n1'), seen('n2', [text], { incomplete: true })]);
    expect(idsIn(served(half))).toEqual(['attach 10.0.0.1 n2']);
  });

  it('moves with its node, once it was seen what that interface carries', () => {
    const start = withNode(served(cluster([seen('n1', [text]), seen('n2')])), 'n1', { ready: false });
    expect(changesIn(start)).toMatchObject([{ id: 'move 10.0.0.1 n1 n2', from: 'n1', node: 'n2', namespace: 'shop' }]);
    expect(settle(start).provider.observation?.nodes).toMatchObject([seen('n1'), seen('n2', [text])]);
  });
});

describe('an address that no namespace has any more', () => {
  const detach = ['detach 10.0.0.1 n1'];

  it('is detached where it is; law 5: what is not ours stays', () => {
    expect(idsIn(leaving(cluster([seen('n1', [text, '10.0.0.9']), seen('n2')])))).toEqual(detach);
  });

  it('law 9: is detached where it may be unseen, unless it was seen elsewhere, or the machine is gone', () => {
    const doubted = { doubted: [{ node: 'n1', address: text }] };
    const released = [{ namespace: 'shop', addresses: [text], releasedAt: '2026-01-31T00:00:00Z' }];
    const remembering = (nodes: readonly NodeObservation[]): ClusterSnapshot => ({
      ...leaving(cluster(nodes, doubted)),
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { released })],
    });
    expect(idsIn(remembering([seen('n1'), seen('n2')]))).toEqual(detach);
    expect(idsIn(remembering([seen('n1'), seen('n2', [text])]))).toEqual(['detach 10.0.0.1 n2']);
    expect(idsIn(remembering([away('n1', 'not-found'), seen('n2')]))).toEqual([]);
  });

  it('law 9: waits for a look where it is on record at a node that was not seen', () => {
    const backend = hosting({ placement: 'us', node: 'n1' });
    const [step, ...others] = changesIn(leaving(cluster([away('n1', 'transient'), seen('n2')])), backend);
    expect([step?.id, others]).toEqual(['detach 10.0.0.1 n1', []]);
    expect(step?.after).toContainEqual({
      kind: 'observed',
      object: { kind: 'Interface', name: 'n1' },
      state: 'read',
    });
    expect(idsIn(leaving(cluster([away('n1', 'not-found'), seen('n2')])), backend)).toEqual([]);
  });
});

describe('where the network wants an address on an interface before it hosts it', () => {
  const firstOf = (placement: PlacementMode): unknown =>
    changesIn(served(cluster([seen('n1'), seen('n2')])), hosting({ placement, node: 'n1' })).map(({ id, after }) => [
      id,
      after,
    ]);

  it('it is attached first, but for what the network placed: there the interface follows', () => {
    expect(firstOf('us')).toEqual([['attach 10.0.0.1 n1', []]]);
    expect(firstOf('network')).toEqual([['attach 10.0.0.1 n1', [{ kind: 'step', id: 'host' }]]]);
  });
});

it('a change of an interface takes on, takes off, or both', () => {
  const change = { address, node: 'n1', namespace: 'shop', id: 'change', unseen: [], follows: false };
  expect((['attach', 'detach', 'move'] as const).map((kind) => effectsOf({ ...change, kind }))).toEqual([
    { attached: [text] },
    { detached: [text] },
    { attached: [text], detached: [text] },
  ]);
});

/** A network that hosts 10.0.0.1 on a node, by an object of ours, and would write that object anew. */
function hosting({ placement, node }: { readonly placement: PlacementMode; readonly node: string }): NetworkBackend {
  const hosted: HostedAddress = { address, node, ours: true, namespace: 'shop', state: 'shown' };
  const object = { kind: 'Host', name: node };
  return {
    ...plain,
    traits: (...given) => ({ ...plain.traits(...given), placement: () => placement, attach: 'before-hosting' }),
    createFactsReader: () => ({
      read: (view) => ({ ...plain.createFactsReader().read(view), hosts: [{ object, hosted: [hosted] }] }),
    }),
    render: () => ({
      steps: [
        { kind: 'network', action: 'host', id: 'host', object, effects: { hosted: [text] }, after: [], payload: null },
      ],
      findings: [],
    }),
  };
}
