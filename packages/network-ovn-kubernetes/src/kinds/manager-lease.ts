import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader, type Read } from '@egressip-ipam/core/plugin';

/** The Lease of OVN-Kubernetes' cluster manager. */
export interface ManagerLeaseEntry extends NetworkEntry {
  /** RFC 3339; absent where nobody holds it. */
  readonly renewTime?: string;
  /** For so long it holds without being renewed. */
  readonly durationSeconds?: number;
}

/**
 * The Lease that the cluster manager holds while it works: the same name in the namespace of OpenShift and in that of
 * other clusters, so it is looked for in all of them.
 */
export const managerLeaseKind: NetworkKind<ManagerLeaseEntry> = {
  resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' },
  inAnyNamespace: true,
  name: 'ovn-kubernetes-master',
  momentary: true,
  verbs: ['list', 'watch'],
  read: readManagerLease,
};

function readManagerLease(object: unknown): Read<ManagerLeaseEntry> {
  const reader = new ObjectReader(object, 'Lease');
  const renewTime = reader.text('spec', 'renewTime');
  const durationSeconds = reader.number('spec', 'leaseDurationSeconds');
  return reader.result({
    name: reader.name,
    ...(renewTime === undefined ? {} : { renewTime }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  });
}
