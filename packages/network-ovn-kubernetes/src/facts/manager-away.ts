import type { Finding, NetworkObstacle } from '@egressip-ipam/core';
import { managerLeaseKind, type ManagerLeaseEntry } from '../kinds/manager-lease.ts';

/** What clocks may differ by, and a renewal be late, in milliseconds. */
const tolerance = 30_000;
/** What client-go has where a Lease names no duration. */
const usualSeconds = 15;

/** Whether the cluster manager is away, and when it will be taken to be, unless it is heard of. */
export interface ManagerPresence {
  readonly obstacle?: NetworkObstacle;
  readonly findings: readonly Finding[];
  /** Milliseconds since 1970. */
  readonly awayAt?: number;
}

/**
 * While nobody holds the cluster manager's Lease, EgressIPs that are made get no marks; the manager that comes back can
 * then give one mark twice, and stops at that for the whole cluster. Where there is no such Lease nothing is known.
 */
export function managerPresence(leases: readonly ManagerLeaseEntry[], time: number | undefined): ManagerPresence {
  const until = leases.map(validUntil).filter((end) => !Number.isNaN(end));
  if (until.length === 0 || time === undefined) return { findings: [] };
  const awayAt = Math.max(...until);
  if (time <= awayAt) return { findings: [], awayAt };
  const obstacle: NetworkObstacle = {
    code: 'ClusterManagerAway',
    message:
      "OVN-Kubernetes' cluster manager has not renewed its Lease since " +
      `${new Date(awayAt - tolerance).toISOString()}: what is new is given once it is back, as marks of EgressIPs could collide`,
  };
  const { name } = managerLeaseKind;
  return { obstacle, findings: [{ ...obstacle, severity: 'warning', object: { kind: 'Lease', name: name ?? '' } }] };
}

function validUntil({ renewTime = '', durationSeconds = usualSeconds }: ManagerLeaseEntry): number {
  return Date.parse(renewTime) + 1_000 * durationSeconds + tolerance;
}
