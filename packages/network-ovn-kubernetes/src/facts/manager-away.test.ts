import type { ClusterSnapshot, NamespaceSnapshot, Plan } from '@egressip-ipam/core';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { managerLeaseKind, type ManagerLeaseEntry } from '../kinds/manager-lease.ts';
import { anOvnNode, egressIPsOf, onOvn, planOf, primary, settled, withEach, writesOf } from '../testing/builders.ts';

const lease = (renewTime: string): ManagerLeaseEntry => ({
  name: 'ovn-kubernetes-master',
  renewTime,
  durationSeconds: 60,
});
const snapshotOf = (...namespaces: readonly NamespaceSnapshot[]): ClusterSnapshot =>
  onOvn({
    time: '2026-02-01T00:10:00Z',
    nodes: [anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.10/24' }))],
    namespaces,
  });
const withLeases = (snapshot: ClusterSnapshot, ...leases: readonly ManagerLeaseEntry[]): ClusterSnapshot => ({
  ...snapshot,
  network: { ...snapshot.network, objects: { ...snapshot.network.objects, Lease: leases } },
});
const planWith = (...leases: readonly ManagerLeaseEntry[]): ReturnType<typeof planOf> =>
  planOf(withLeases(snapshotOf(aNamespace('web')), ...leases));

describe('the Lease of the cluster manager', () => {
  it('is read as Kubernetes writes it', () => {
    const object = {
      metadata: { name: 'ovn-kubernetes-master', namespace: 'ovn-kubernetes' },
      spec: { holderIdentity: 'm1', renewTime: '2026-02-01T00:09:30.000000Z', leaseDurationSeconds: 60 },
    };
    expect(managerLeaseKind.read(object)).toEqual({
      ok: true,
      value: { ...lease('2026-02-01T00:09:30.000000Z'), holder: 'm1' },
      problems: [],
    });
  });

  it('does not matter where it is not there, and while it is renewed, in whichever namespace', () => {
    for (const leases of [
      [],
      [lease('2026-02-01T00:09:01Z')],
      [lease('2025-01-01T00:00:00Z'), lease('2026-02-01T00:09:55Z')],
      [lease('never')],
    ]) {
      const { allocations, findings } = planWith(...leases);
      expect(allocations.map(({ namespace }) => namespace)).toEqual(['web']);
      expect(findings.map(({ code }) => code)).not.toContain('ClusterManagerAway');
    }
  });

  it('keeps what is new waiting once it is silent, before another manager can take over, and says so', () => {
    const { allocations, waiting, findings, steps } = planWith(lease('2026-02-01T00:08:59Z'));
    expect([allocations, steps.filter(({ kind }) => kind === 'annotate')]).toEqual([[], []]);
    expect(waiting.map(({ reason, mender }) => [reason.code, mender])).toEqual([['ClusterManagerAway', 'cluster']]);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'ClusterManagerAway', object: { kind: 'Lease', name: 'ovn-kubernetes-master' } }),
    );
  });

  it('keeps what is new waiting from when it lets go of it', () => {
    const released = { ...lease('2026-02-01T00:09:59Z'), durationSeconds: 1, holder: '' };
    expect(planWith(released).waiting.map(({ reason }) => reason.code)).toEqual(['ClusterManagerAway']);
    expect(planWith({ ...released, holder: 'm1' }).waiting).toEqual([]);
  });

  it('keeps an EgressIP from being made anew that somebody deleted meanwhile: it would get the mark of another', () => {
    const allocated = aNamespace('web', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' });
    const applied = (renewTime: string): readonly string[] =>
      planOf(withLeases(snapshotOf(allocated), lease(renewTime))).steps.flatMap(({ object }) =>
        object.kind === 'EgressIP' ? [object.name] : [],
      );
    expect(applied('2026-02-01T00:08:59Z')).toEqual([]);
    expect(applied('2026-02-01T00:09:01Z')).toEqual(['egressip-web']);
  });

  it('has what it did not see taken back until it is back: starting, it would give it the mark of another', () => {
    const served = settled(withLeases(snapshotOf(aNamespace('a'), aNamespace('b', 1)), lease('2026-02-01T00:09:55Z')));
    const seen = withEach(served, (entry) =>
      entry.name === 'egressip-a'
        ? { ...entry, mark: '50000', assigned: [{ node: 'n1', egressIP: entry.egressIPs[0] ?? '' }] }
        : entry,
    );
    const silent = withLeases(seen, lease('2026-02-01T00:08:59Z'));
    expect(writesOf(silent)).toEqual(['delete EgressIP/egressip-b']);
    const without = settled(silent);
    expect(egressIPsOf(without).map(({ name }) => name)).toEqual(['egressip-a']);
    expect(without.namespaces).toEqual(seen.namespaces);
    const back = settled(withLeases(without, lease('2026-02-01T00:09:55Z')));
    expect(egressIPsOf(back).map(({ egressIPs }) => egressIPs)).toEqual(
      egressIPsOf(served).map(({ egressIPs }) => egressIPs),
    );
  });

  it('keeps what is new waiting until it has looked which marks there are', () => {
    const served = settled(withLeases(snapshotOf(aNamespace('a')), lease('2026-02-01T00:09:55Z')));
    const marked = withEach(served, (entry) => ({ ...entry, mark: '50000', createdAt: '2026-02-01T00:05:00Z' }));
    const withNew = { ...marked, namespaces: [...marked.namespaces, aNamespace('b', 1)] };
    const taken = (acquireTime: string, renewTime = acquireTime): Plan =>
      planOf(withLeases(withNew, { ...lease(renewTime), acquireTime }));
    // It renews the Lease as soon as it has taken it.
    const early = taken('2026-02-01T00:09:55Z', '2026-02-01T00:09:55.03Z');
    expect(early.waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
      ['b', 'ClusterManagerAway'],
    ]);
    expect(early.wakeAt).toBe('2026-02-01T00:10:05.000Z');
    for (const later of [taken('2026-02-01T00:09:50Z'), taken('2026-02-01T00:09:55Z', '2026-02-01T00:10:05Z')])
      expect(later.waiting).toEqual([]);
  });

  it('has nothing to look at where there are no marks from before', () => {
    const acquired = { ...lease('2026-02-01T00:09:55Z'), acquireTime: '2026-02-01T00:09:55Z' };
    expect(planWith(acquired).waiting).toEqual([]);
  });

  it('keeps what has a node, or no mark in a release that gives none', () => {
    const served = settled(withLeases(snapshotOf(aNamespace('a'), aNamespace('b', 1)), lease('2026-02-01T00:09:55Z')));
    const silent = lease('2026-02-01T00:08:59Z');
    expect(writesOf(withLeases(served, silent))).toEqual([]);
    const exhausted = withEach(served, (entry) => ({
      ...entry,
      ...(entry.name === 'egressip-a' ? { mark: '50000' } : {}),
      assigned: [{ node: 'n1', egressIP: entry.egressIPs[0] ?? '' }],
    }));
    expect(writesOf(withLeases(exhausted, silent))).toEqual([]);
  });
});
