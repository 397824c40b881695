import type { ApiObject } from '../api-object.ts';
import { StatusError } from '../status-errors.ts';

/** A write that is about to happen, as an admission rule sees it. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly groups: readonly string[];
  /** The state to come; undefined for a delete. */
  readonly object: ApiObject | undefined;
  /** The state before; undefined for a create. */
  readonly oldObject: ApiObject | undefined;
}

/** A refusal of an admission rule: an HTTP status (403 or 422 in Kubernetes) and a sentence. */
export interface AdmissionRefusal {
  readonly status: number;
  readonly message: string;
}

/** Looks at a write before it happens; must not change the objects. Returns a refusal or nothing. */
export type Admission = (request: AdmissionRequest) => AdmissionRefusal | undefined;

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
};

/**
 * Asks an admission rule about a write.
 *
 * @throws StatusError with the status and message of its refusal
 */
export function assertAdmitted(admission: Admission | undefined, request: AdmissionRequest): void {
  const refusal = admission?.(request);
  if (refusal) throw new StatusError(refusal.status, reasons[refusal.status], refusal.message);
}
