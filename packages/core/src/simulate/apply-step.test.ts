import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { InterfaceStep, NetworkStep, Step } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { finalizerName } from '../snapshot/names.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { applyStep, readySteps } from './apply-step.ts';

const base = { id: 'step', object: { kind: 'Object', name: 'object' }, effects: {}, after: [] };
const seen = (node: string, addresses: readonly string[] = []) => {
  const list = addresses.map((address) => ({ address, primary: false }));
  return { node, limits: {}, interfaces: [{ id: 'i', main: true, subnets: ['10.0.0.0/24'], addresses: list }] };
};
const snapshot: ClusterSnapshot = aSnapshot({
  nodes: [aNode('n1'), aNode('n2')],
  egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { finalizers: [] })],
  namespaces: [
    aNamespace('bank'),
    aNamespace('shop', 1, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1', unconfirmed: ['10.0.0.1'] }),
  ],
  provider: {
    ...{ name: 'cloud', attach: true, cloud: true, observationRequired: true },
    observation: { nodes: [seen('n1', ['10.0.0.1']), seen('n2')], cidrs: [] },
    doubted: [
      { node: 'n1', address: '10.0.0.1' },
      { node: 'n2', address: '10.0.0.9' },
    ],
  },
});

describe('the cluster after a step', () => {
  it('has the finalizer, and the EgressIPAM no more once that goes from a deleted one', () => {
    const step: Step = { ...base, kind: 'finalizer', egressIPAM: 'pool', present: true, finalizers: [finalizerName] };
    expect(applyStep(snapshot, step).egressIPAMs[0]?.finalizers).toEqual([finalizerName]);
    const without: Step = { ...step, present: false, finalizers: [] };
    expect(applyStep(snapshot, without).egressIPAMs[0]?.finalizers).toEqual([]);
    const deleted = snapshot.egressIPAMs.map((entry) => ({ ...entry, deletedAt: '2026-02-01T00:00:00Z' }));
    expect(applyStep({ ...snapshot, egressIPAMs: deleted }, without).egressIPAMs).toEqual([]);
    expect(applyStep(snapshot, { ...step, egressIPAM: 'gone' }).egressIPAMs).toEqual(snapshot.egressIPAMs);
  });

  it('remembers what was released, and who departed no more', () => {
    const released = [{ namespace: 'gone', addresses: ['10.0.0.5'], releasedAt: '2026-02-01T00:00:00Z' }];
    const departed = [{ namespace: 'gone', egressIPAM: 'pool', addresses: ['10.0.0.5'] }];
    const after = applyStep({ ...snapshot, departed }, { ...base, kind: 'remember', egressIPAM: 'pool', released });
    expect([after.egressIPAMs[0]?.released, after.departed]).toEqual([released, []]);
  });

  it('has the annotations, and nothing that is unconfirmed', () => {
    const annotated = (change: Pick<Extract<Step, { kind: 'annotate' }>, 'egressIPs' | 'allocated'>): unknown =>
      applyStep(snapshot, { ...base, kind: 'annotate', namespace: 'shop', addresses: [], ...change }).namespaces[1];
    const shop = aNamespace('shop', 1);
    expect(annotated({ egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.2' })).toEqual({
      ...shop,
      ...{ egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.2' },
    });
    expect(annotated({ allocated: null })).toEqual({ ...shop, egressIPs: '10.0.0.1' });
    expect(annotated({ egressIPs: null, allocated: null })).toEqual(shop);
    const gone: Step = { ...base, kind: 'annotate', namespace: 'gone', allocated: null, addresses: [] };
    expect(applyStep(snapshot, gone).namespaces).toEqual(snapshot.namespaces);
  });

  it('has addresses on other interfaces, and no doubt about them', () => {
    const changed = (kind: InterfaceStep['kind'], address: string, node: string, from = ''): unknown => {
      const { provider } = applyStep(snapshot, { ...base, kind, address, node, from });
      return [provider.observation?.nodes, provider.doubted?.map(({ node }) => node)];
    };
    const [address, other] = ['10.0.0.1', '10.0.0.9'] as const;
    expect(changed('move', address, 'n2', 'n1')).toEqual([
      [seen('n1'), seen('n2', [address])],
      ['n1', 'n2'],
    ]);
    expect(changed('detach', address, 'n1')).toEqual([[seen('n1'), seen('n2')], ['n2']]);
    expect(changed('attach', other, 'n2')).toEqual([[seen('n1', [address]), seen('n2', [other])], ['n1']]);
  });

  it('is for the network what its back end says', () => {
    const step: NetworkStep = { ...base, kind: 'network', action: 'bind', payload: null };
    const objects = { Policy: [{ name: 'shop' }] };
    const backend: NetworkBackend = { ...plain, simulate: ({ nodes }) => ({ objects, nodes: nodes.slice(1) }) };
    const after = applyStep(snapshot, step, backend);
    expect([after.network, after.nodes]).toEqual([{ ...snapshot.network, objects }, snapshot.nodes.slice(1)]);
  });
});

it('steps that wait for nothing are ready', () => {
  const made = plan({ ...snapshot, provider: aSnapshot({}).provider });
  expect(made.steps.map(({ id, after }) => [id, after.length])).toEqual([
    ['finalizer pool', 0],
    ['annotate bank', 1],
  ]);
  expect(readySteps(made)).toEqual(made.steps.slice(0, 1));
});
