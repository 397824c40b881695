import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader, type Read } from '@egressip-ipam/core/plugin';

/** The Lease of OVN-Kubernetes' cluster manager. */
export interface ManagerLeaseEntry extends NetworkEntry {
  /** Who holds it; empty once that one has let go of it. */
  readonly holder?: string;
  /** RFC 3339; absent where nobody ever held it. */
  readonly renewTime?: string;
  /** RFC 3339: when its holder took it. */
  readonly acquireTime?: string;
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
  const holder = reader.text('spec', 'holderIdentity');
  const renewTime = reader.text('spec', 'renewTime');
  const acquireTime = reader.text('spec', 'acquireTime');
  const durationSeconds = reader.number('spec', 'leaseDurationSeconds');
  return reader.result({
    name: reader.name,
    ...(holder === undefined ? {} : { holder }),
    ...(renewTime === undefined ? {} : { renewTime }),
    ...(acquireTime === undefined ? {} : { acquireTime }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  });
}
