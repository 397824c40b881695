import type { Finding, NetworkObstacle } from '@egressip-ipam/core';
import { managerLeaseKind, type ManagerLeaseEntry } from '../kinds/manager-lease.ts';
import { unseenIn } from './marks.ts';
import type { ParsedEgressIP } from './parse-egress-ip.ts';

/** What clocks may differ by, and a renewal be late, in milliseconds. */
const tolerance = 30_000;
/** A manager that has just taken its Lease has looked which marks there are by then, in milliseconds. */
const settling = 10_000;
/** What client-go has where a Lease names no duration. */
const usualSeconds = 15;

/** Whether the cluster manager is away, and when that will change, unless it is heard of. */
export interface ManagerPresence {
  readonly obstacle?: NetworkObstacle;
  readonly findings: readonly Finding[];
  /** Milliseconds since 1970. */
  readonly changesAt?: number;
  /** EgressIPs of ours that it has not seen, while it is away. */
  readonly unseen: ReadonlySet<ParsedEgressIP>;
}

const none: ReadonlySet<never> = new Set();

/**
 * While nobody holds the cluster manager's Lease, EgressIPs that are made get no marks; the manager that comes back
 * gives them some before it has looked which others have, one mark twice, and stops at that for the whole cluster.
 * Another one may come back once the Lease has run out, so that nothing is made from half of that time on, in which it
 * is renewed more than twice; nor for a moment after one came back. Where there is no such Lease nothing is known.
 */
export function managerPresence(
  leases: readonly ManagerLeaseEntry[],
  time: number | undefined,
  egressIPs: readonly ParsedEgressIP[],
): ManagerPresence {
  const last = leases.filter(({ renewTime = '' }) => !Number.isNaN(Date.parse(renewTime))).sort(bySilence)[0];
  if (last === undefined || time === undefined) return { findings: [], unseen: none };
  const awayAt = last.holder === '' ? -Infinity : silentFrom(last);
  if (time > awayAt) {
    const what = last.holder === '' ? 'let go of its Lease at' : 'has not renewed its Lease since';
    return { ...away(`${what} ${isoTime(last.renewTime)}`), unseen: unseenIn(egressIPs) };
  }
  const readyAt = settledAt(last, egressIPs);
  if (time < readyAt)
    return {
      ...away(`took its Lease at ${isoTime(last.acquireTime)}, a moment ago`),
      changesAt: readyAt,
      unseen: none,
    };
  return { findings: [], changesAt: awayAt, unseen: none };
}

function away(what: string): Pick<ManagerPresence, 'obstacle' | 'findings'> {
  const obstacle: NetworkObstacle = {
    code: 'ClusterManagerAway',
    message: `OVN-Kubernetes' cluster manager ${what}: what is new is given once it is there, as marks of EgressIPs could collide`,
  };
  const { name } = managerLeaseKind;
  return { obstacle, findings: [{ ...obstacle, severity: 'warning', object: { kind: 'Lease', name: name ?? '' } }] };
}

/** When a manager is taken to be away, in milliseconds since 1970. */
function silentFrom({ renewTime = '', durationSeconds = usualSeconds }: ManagerLeaseEntry): number {
  return Date.parse(renewTime) + (1_000 * durationSeconds) / 2 + tolerance;
}

function bySilence(one: ManagerLeaseEntry, other: ManagerLeaseEntry): number {
  return silentFrom(other) - silentFrom(one);
}

/**
 * When a manager knows the marks that others gave before it; that is over once it has renewed the Lease for as long,
 * whatever our clock says, and does not matter where there were none.
 */
function settledAt(
  { acquireTime = '', renewTime = '' }: ManagerLeaseEntry,
  egressIPs: readonly ParsedEgressIP[],
): number {
  const acquiredAt = Date.parse(acquireTime);
  if (Number.isNaN(acquiredAt) || Date.parse(renewTime) - acquiredAt >= settling) return -Infinity;
  const isOlder = ({ source }: ParsedEgressIP): boolean =>
    source.mark !== undefined && Date.parse(source.createdAt) < acquiredAt;
  return egressIPs.some(isOlder) ? acquiredAt + settling : -Infinity;
}

function isoTime(text = ''): string {
  return new Date(text).toISOString();
}
