import type { FindingCode } from './codes.ts';

/** What a finding or a step is about. */
export interface ObjectReference {
  /** Kubernetes kind, such as `Namespace`. */
  readonly kind:
    | 'EgressIPAM'
    | 'Namespace'
    | 'Node'
    | 'HostSubnet'
    | 'NetNamespace'
    | 'EgressIP'
    | 'CloudPrivateIPConfig'
    | 'Infrastructure'
    | 'Provider';
  readonly name: string;
}

/** `error`: something is not served or not safe; `warning`: served, but someone should look; `info`: an explanation. */
export type FindingSeverity = 'error' | 'warning' | 'info';

/** A typed problem or explanation, with a stable code and a sentence that a tenant understands. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  readonly object: ObjectReference;
  /** Names the object, the value and the way out. */
  readonly message: string;
  /** The addresses concerned, canonical text. */
  readonly addresses?: readonly string[];
  /** The field concerned, such as `spec.cidrAssignments[1].CIDR`. */
  readonly field?: string;
}
