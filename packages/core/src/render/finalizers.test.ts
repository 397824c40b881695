import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkStep, Precondition } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { settle } from '../simulate/settle.ts';
import { finalizerName } from '../snapshot/names.ts';
import type { ClusterSnapshot, EgressIPAMSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

const cluster = (egressIPAM: Partial<EgressIPAMSnapshot>): ClusterSnapshot =>
  aSnapshot({
    nodes: [aNode('n1')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], egressIPAM)],
    namespaces: [aNamespace('shop')],
  });
const deleted = (snapshot: ClusterSnapshot, finalizers = [finalizerName]): ClusterSnapshot => ({
  ...snapshot,
  egressIPAMs: snapshot.egressIPAMs.map((entry) => ({ ...entry, deletedAt: '2026-02-01T00:00:00Z', finalizers })),
});

/** The finalizers that are to be written, and what that waits for. */
const finalizersIn = (
  snapshot: ClusterSnapshot,
  backend = plain,
): readonly (readonly [boolean, readonly string[], unknown])[] =>
  plan(snapshot, backend).steps.flatMap((step) =>
    step.kind === 'finalizer' ? [[step.present, step.finalizers, idsOf(step.after)] as const] : [],
  );
const idsOf = (after: readonly Precondition[]): readonly string[] =>
  after.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : []));

describe('the finalizer of an EgressIPAM', () => {
  it('is added beside others, before the first namespace is given anything', () => {
    const snapshot = cluster({ finalizers: ['somebody/else'] });
    expect(finalizersIn(snapshot)).toEqual([[true, ['somebody/else', finalizerName], []]]);
    const annotation = plan(snapshot).steps.find(({ kind }) => kind === 'annotate');
    expect(idsOf(annotation?.after ?? [])).toEqual(['finalizer pool']);
  });

  it('law 10: is not written where it is', () => {
    expect(finalizersIn(cluster({}))).toEqual([]);
  });

  it('goes once all that its namespaces had is given back, and others stay', () => {
    const ending = deleted(settle(cluster({})), ['somebody/else', finalizerName]);
    expect(finalizersIn(ending)).toEqual([[false, ['somebody/else'], ['annotate shop']]]);
    expect(settle(deleted(settle(cluster({})))).egressIPAMs).toEqual([]);
  });

  it('goes after whatever the network still has to do for its namespaces and addresses, and for no others', () => {
    const step = (id: string, more: Partial<NetworkStep>): NetworkStep => ({
      ...{ kind: 'network', action: 'write', id, object: { kind: 'Object', name: id }, effects: {}, after: [] },
      payload: null,
      ...more,
    });
    const steps = [
      step('of its namespace', { namespace: 'shop' }),
      step('of its address', { effects: { unhosted: ['10.0.0.9'] } }),
      step('that unbinds', { effects: { unbound: ['10.0.0.9'] } }),
      step('of another namespace', { namespace: 'bank', effects: { bound: ['10.0.0.9'] } }),
      step('of another address', { effects: { unhosted: ['10.9.0.9'] } }),
    ];
    const backend: NetworkBackend = { ...plain, render: () => ({ steps, findings: [] }) };
    expect(finalizersIn(deleted(settle(cluster({}))), backend)).toEqual([
      [false, [], ['of its namespace', 'of its address', 'that unbinds', 'annotate shop']],
    ]);
  });

  it('goes at once where nothing is left, and waits for no other EgressIPAM', () => {
    const idle = deleted({ ...cluster({}), namespaces: [] });
    const other = anEgressIPAM(['10.1.0.0/24=b'], { name: 'other' });
    const busy = { ...idle, egressIPAMs: [other, ...idle.egressIPAMs], nodes: [aNode('n1'), aNode('n2', 'b')] };
    const namespaces = [aNamespace('bank', 0, { egressIPAM: 'other' })];
    expect(finalizersIn({ ...busy, namespaces })).toEqual([[false, [], []]]);
  });

  it('is not added to one that is about to go', () => {
    expect(finalizersIn(deleted(cluster({}), []))).toEqual([]);
  });
});
