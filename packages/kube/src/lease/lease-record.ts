import { isRecord, type KubernetesObject } from '../object/object.ts';

/** What a Lease says about its holder; client-go's LeaderElectionRecord. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** RFC 3339 with six digits after the second. */
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How often the holder changed. */
  readonly transitions: number;
}

/** Reads a Lease; what is missing is empty or 0. */
export function parseLease(lease: KubernetesObject): LeaseRecord {
  const spec = isRecord(lease.spec) ? lease.spec : {};
  return {
    holder: text(spec.holderIdentity),
    durationSeconds: number(spec.leaseDurationSeconds),
    acquireTime: text(spec.acquireTime),
    renewTime: text(spec.renewTime),
    transitions: number(spec.leaseTransitions),
  };
}

/** The `spec` of a Lease. */
export function leaseSpec(record: LeaseRecord): Readonly<Record<string, unknown>> {
  return {
    holderIdentity: record.holder,
    leaseDurationSeconds: record.durationSeconds,
    acquireTime: record.acquireTime,
    renewTime: record.renewTime,
    leaseTransitions: record.transitions,
  };
}

/** A time as Kubernetes' MicroTime: the API server refuses the three digits of a JavaScript date. */
export function microTime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace('Z', '000Z');
}

/**
 * A MicroTime that is another text than that of the renewals before, whatever the machine's clock says: one that is set
 * back or stands still may say the same again, and a renewal that is not seen is one that is not believed. What is
 * beyond milliseconds counts renewals.
 */
export function renewalTime(epochMilliseconds: number, former: unknown): string {
  const [, last = '999'] = typeof former === 'string' ? (/(\d{3})Z$/.exec(former) ?? []) : [];
  const count = (Number(last) + 1) % 1_000;
  return new Date(epochMilliseconds).toISOString().replace('Z', `${String(count).padStart(3, '0')}Z`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
