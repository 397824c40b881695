import type { ApiObject } from './api-object.ts';
import { objectKey } from './api-object.ts';

/** One change of one object. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly key: string;
  /** The object after the change; of a deleted one, its last state with the revision of the deletion. */
  readonly object: ApiObject;
  /** The object before the change. */
  readonly previous: ApiObject | undefined;
}

/** The objects of one resource at one revision, ordered by key. */
export interface Snapshot {
  readonly revision: number;
  readonly entries: readonly (readonly [key: string, object: ApiObject])[];
}

/**
 * All objects, in memory. Revisions are one counter for all of them, as in etcd. Each collection remembers its latest
 * events, so that watches can resume and lists can go on in the past; what is older is compacted.
 */
export interface Store {
  /** The revision of the latest change of any object. */
  revision(): number;
  get(collection: string, key: string): ApiObject | undefined;
  /** Stores an object under the next revision, which becomes its resourceVersion. */
  put(collection: string, object: ApiObject): ApiObject;
  /** Removes an object and gives back its last state. */
  remove(collection: string, object: ApiObject): ApiObject;
  /** The objects now, or as they were at a revision; undefined when history does not reach so far back. */
  snapshot(collection: string, revision?: number): Snapshot | undefined;
  /** The events after a revision; undefined when history does not reach so far back. */
  eventsSince(collection: string, revision: number): readonly StoreEvent[] | undefined;
  /** Calls back with every event of a collection from now on, until the returned function is called. */
  subscribe(collection: string, listener: (event: StoreEvent) => void): () => void;
  /** Forgets all history: who asks for an older revision is told that it has expired. */
  compact(): void;
}

interface Collection {
  readonly objects: Map<string, ApiObject>;
  readonly listeners: Set<(event: StoreEvent) => void>;
  history: StoreEvent[];
  /** Events up to this revision are forgotten. */
  compacted: number;
  /**
   * The keys in order, until one comes. One that goes is left there: it is passed over, and sorting again costs more.
   */
  sorted: string[] | undefined;
}

/**
 * @param historyLimit how many events a collection remembers at least
 */
export function createStore(historyLimit: number): Store {
  const collections = new Map<string, Collection>();
  let revision = 1;
  let compactedBefore = 0;

  const collectionOf = (name: string): Collection => {
    let collection = collections.get(name);
    if (!collection) {
      collection = {
        objects: new Map(),
        listeners: new Set(),
        history: [],
        compacted: compactedBefore,
        sorted: undefined,
      };
      collections.set(name, collection);
    }
    return collection;
  };

  const record = (collection: Collection, event: StoreEvent): void => {
    collection.history.push(event);
    // Cut in blocks, so that a full history does not move on every write.
    if (collection.history.length > historyLimit * 2) {
      collection.compacted = collection.history[historyLimit - 1]?.revision ?? collection.compacted;
      collection.history = collection.history.slice(historyLimit);
    }
    for (const listener of collection.listeners) listener(event);
  };

  const keyOf = ({ metadata }: ApiObject): string => objectKey(metadata.namespace, metadata.name);

  const stamped = (object: ApiObject): ApiObject => {
    revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  };

  return {
    revision: () => revision,
    get: (name, key) => collectionOf(name).objects.get(key),
    put(name, object) {
      const collection = collectionOf(name);
      const key = keyOf(object);
      const previous = collection.objects.get(key);
      const stored = stamped(object);
      collection.objects.set(key, stored);
      if (!previous) collection.sorted = undefined;
      record(collection, { type: previous ? 'MODIFIED' : 'ADDED', revision, key, object: stored, previous });
      return stored;
    },
    remove(name, object) {
      const collection = collectionOf(name);
      const key = keyOf(object);
      const previous = collection.objects.get(key);
      const last = stamped(object);
      collection.objects.delete(key);
      record(collection, { type: 'DELETED', revision, key, object: last, previous });
      return last;
    },
    snapshot(name, at = revision) {
      const collection = collectionOf(name);
      const later = eventsAfter(collection, at);
      if (!later) return undefined;
      if (later.length === 0) {
        collection.sorted ??= [...collection.objects.keys()].sort();
        return { revision: at, entries: pick(collection.objects, collection.sorted) };
      }
      const objects = new Map(collection.objects);
      for (const { key, previous } of later.toReversed()) {
        if (previous) objects.set(key, previous);
        else objects.delete(key);
      }
      return { revision: at, entries: pick(objects, [...objects.keys()].sort()) };
    },
    eventsSince: (name, since) => eventsAfter(collectionOf(name), since),
    subscribe(name, listener) {
      const { listeners } = collectionOf(name);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact() {
      compactedBefore = revision;
      for (const collection of collections.values()) {
        collection.history = [];
        collection.compacted = revision;
      }
    },
  };
}

function eventsAfter(collection: Collection, revision: number): readonly StoreEvent[] | undefined {
  if (revision < collection.compacted) return undefined;
  const { history } = collection;
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.revision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return history.slice(low);
}

const pick = (objects: ReadonlyMap<string, ApiObject>, keys: readonly string[]): [string, ApiObject][] =>
  keys.flatMap((key): [string, ApiObject][] => {
    const object = objects.get(key);
    return object ? [[key, object]] : [];
  });
