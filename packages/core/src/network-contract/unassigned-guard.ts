import type { FindingCode } from '../finding/codes.ts';
import type { ResourceReference } from '../kubernetes/resource-reference.ts';

/**
 * How a network is told to let nothing out of a namespace: by one object in it. It is put there while no node carries
 * any address of a family of the namespace's and it has no such object of its own, and taken away again after that.
 */
export interface UnassignedGuard {
  /** A kind with namespaces. */
  readonly resource: ResourceReference;
  /** The name that the object has in every namespace. */
  readonly name: string;
  /** Set on the objects that this project makes; no other is ever removed. */
  readonly label: string;
  /**
   * What else the object says, such as its `spec`, to keep these families in. A later one serves where an older schema
   * refuses those before it.
   */
  readonly bodiesFor: (families: readonly (4 | 6)[]) => readonly Readonly<Record<string, unknown>>[];
  /** Claims that wait for one of these reasons are somebody else's to bind, and are let alone. */
  readonly exceptions?: readonly FindingCode[];
}
