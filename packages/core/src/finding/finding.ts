import type { FindingCode } from './codes.ts';

/** An object that a finding or a step is about. */
export interface ObjectReference {
  /**
   * Kubernetes kind, such as `Namespace`; `Interface` for a node's network interface, `Provider` for what is under the
   * nodes.
   */
  readonly kind: string;
  readonly name: string;
}

/** `error`: something is not served or not safe; `warning`: served, but someone should look; `info`: an explanation. */
export type FindingSeverity = 'error' | 'warning' | 'info';

/** A typed problem or explanation, with a stable code and a sentence that a tenant understands. */
export interface Finding {
  /** One of core's own codes, or one of a network back end's. */
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
