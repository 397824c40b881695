import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { managerLeaseKind, type ManagerLeaseEntry } from '../kinds/manager-lease.ts';
import { anOvnNode, onOvn, planOf, primary } from '../testing/builders.ts';

const lease = (renewTime: string): ManagerLeaseEntry => ({
  name: 'ovn-kubernetes-master',
  renewTime,
  durationSeconds: 60,
});
const planWith = (...leases: readonly ManagerLeaseEntry[]): ReturnType<typeof planOf> => {
  const snapshot = onOvn({
    time: '2026-02-01T00:10:00Z',
    nodes: [anOvnNode('n1', 'a', primary({ ipv4: '10.0.0.10/24' }))],
    namespaces: [aNamespace('web')],
  });
  return planOf({
    ...snapshot,
    network: { ...snapshot.network, objects: { ...snapshot.network.objects, Lease: leases } },
  });
};

describe('the Lease of the cluster manager', () => {
  it('is read as Kubernetes writes it', () => {
    const object = {
      metadata: { name: 'ovn-kubernetes-master', namespace: 'ovn-kubernetes' },
      spec: { holderIdentity: 'm1', renewTime: '2026-02-01T00:09:30.000000Z', leaseDurationSeconds: 60 },
    };
    expect(managerLeaseKind.read(object)).toEqual({
      ok: true,
      value: lease('2026-02-01T00:09:30.000000Z'),
      problems: [],
    });
  });

  it('does not matter where it is not there, and while it is renewed, in whichever namespace', () => {
    for (const leases of [
      [],
      [lease('2026-02-01T00:08:31Z')],
      [lease('2025-01-01T00:00:00Z'), lease('2026-02-01T00:09:55Z')],
      [lease('never')],
    ]) {
      const { allocations, findings } = planWith(...leases);
      expect(allocations.map(({ namespace }) => namespace)).toEqual(['web']);
      expect(findings.map(({ code }) => code)).not.toContain('ClusterManagerAway');
    }
  });

  it('keeps what is new waiting once it is stale, and says so', () => {
    const { allocations, waiting, findings, steps } = planWith(lease('2026-02-01T00:08:29Z'));
    expect([allocations, steps.filter(({ kind }) => kind === 'annotate')]).toEqual([[], []]);
    expect(waiting.map(({ reason, mender }) => [reason.code, mender])).toEqual([['ClusterManagerAway', 'cluster']]);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'ClusterManagerAway', object: { kind: 'Lease', name: 'ovn-kubernetes-master' } }),
    );
  });
});
