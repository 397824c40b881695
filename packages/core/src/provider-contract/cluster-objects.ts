import type { ResourceReference } from '../kubernetes/resource-reference.ts';

/** Objects of the cluster that a provider wants to read. */
export interface ClusterRead {
  readonly resource: ResourceReference;
  /** For a kind with namespaces: which one; `operator` stands for the operator's own. */
  readonly namespace?: string | { readonly of: 'operator' };
  /** The one object of this name alone. */
  readonly name?: string;
  /** It tells only whether the provider can serve, and is not looked at after that. */
  readonly onlyToChoose?: true;
  /** What is kept of an object, in the same places; absent: all of it, and there may be megabytes of it. */
  readonly keep?: (object: unknown) => object;
}

/**
 * The raw objects of a kind that a provider reads, or what it keeps of them, as they are now. None where the cluster
 * does not serve the kind, or they may not be read.
 */
export type ClusterObjects = (kind: string) => readonly unknown[];

/** An object that a provider asks the cluster for. */
export interface ClusterRequest {
  readonly resource: ResourceReference;
  /** With its `metadata`; apiVersion and kind are added. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** What tells whether a provider can look at its platform. */
export interface EquipmentContext {
  readonly objects: ClusterObjects;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
