import type { ResourceReference } from '../kubernetes/resource-reference.ts';
import type { Read } from '../finding/read.ts';
import type { NetworkEntry, NetworkObjects } from '../snapshot/snapshot.ts';

/** What may be done with a kind of objects; RBAC roles are made of these. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** One kind of objects that a back end reads: it feeds watches, files, RBAC and the trial. */
export interface NetworkKind<Entry extends NetworkEntry = NetworkEntry> {
  readonly resource: ResourceReference;
  /** Other `apiVersion`s under which its objects occur in files, such as `v1` before API groups. */
  readonly otherApiVersions?: readonly string[];
  /** For a kind with namespaces: the one in which the objects are read. */
  readonly namespace?: string;
  /** For a kind with namespaces: the objects of all of them are read, and their names alone tell them apart. */
  readonly inAnyNamespace?: boolean;
  /** Reads the one object of this name alone. */
  readonly name?: string;
  /** Whether its objects tell of the moment alone: those in files are of another one, and are left alone. */
  readonly momentary?: boolean;
  /** Whether a cluster may lack the kind, or not let it be read. */
  readonly optional?: boolean;
  /** Whether each object belongs to the thing of its own name. */
  readonly belongsTo?: 'node' | 'namespace';
  /** What the operator does with the objects. */
  readonly verbs: readonly Verb[];
  /** Reads an object to its slim entry, with strings as Kubernetes gives them. Never throws. */
  readonly read: (object: unknown) => Read<Entry>;
}

/** The entries of a kind in a network's objects; none where the cluster has none. */
export function entriesOf<Entry extends NetworkEntry>(
  objects: NetworkObjects,
  kind: NetworkKind<Entry>,
): readonly Entry[] {
  // Whatever stands under a kind's name was read by that kind's own reader.
  return (objects[kind.resource.kind] ?? none) as readonly Entry[];
}

/** A network's objects with other entries of one kind. */
export function withEntries<Entry extends NetworkEntry>(
  objects: NetworkObjects,
  kind: NetworkKind<Entry>,
  entries: readonly Entry[],
): NetworkObjects {
  return { ...objects, [kind.resource.kind]: entries };
}

const none: readonly never[] = [];
