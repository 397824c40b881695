import { isDeepStrictEqual } from 'node:util';
import { objectKey, type KubernetesObject } from '../object/object.ts';
import { compareResourceVersions, isNewer, isOlder, newerOf } from '../object/resource-version.ts';

/** What happened to an entry of a {@link Store}. */
export type StoreChange<Slim> =
  | { readonly type: 'added'; readonly key: string; readonly object: Slim }
  | { readonly type: 'updated'; readonly key: string; readonly object: Slim; readonly previous: Slim }
  | {
      readonly type: 'deleted';
      readonly key: string;
      readonly previous: Slim;
      /** The version of the deletion; absent where only a list showed that the object is gone. */
      readonly resourceVersion?: string;
    };

/** Keeps of an object what the cache shall hold; undefined leaves the object out of it. */
export type Projection<Slim> = (object: KubernetesObject) => Slim | undefined;

interface Entry<Slim> {
  readonly slim: Slim;
  readonly resourceVersion: string;
}

/**
 * The slim form of every object of a collection, by key. Filled by a reflector; readers read.
 *
 * It never goes back: an object older than the one it holds, or than a deletion it has seen, is ignored. That lets the
 * answer to a write enter at once, and the watch event of an earlier write come later.
 */
export class Store<Slim> {
  readonly #project: Projection<Slim>;
  readonly #onChange: (change: StoreChange<Slim>) => void;
  readonly #onProjectionError: (error: unknown, isRepeated: boolean) => void;
  readonly #entries = new Map<string, Entry<Slim>>();
  readonly #unreadable = new Map<string, unknown>();
  #resourceVersion = '';
  #newest = '';

  /**
   * @param onProjectionError told of what `project` threw, and whether there is an object already at which it throws;
   *   the object stays as it was known before
   */
  constructor(
    project: Projection<Slim>,
    onChange: (change: StoreChange<Slim>) => void = () => undefined,
    onProjectionError: (error: unknown, isRepeated: boolean) => void = () => undefined,
  ) {
    this.#project = project;
    this.#onChange = onChange;
    this.#onProjectionError = onProjectionError;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What `project` threw at objects that are there, by key: as long as it does. */
  get unreadable(): ReadonlyMap<string, unknown> {
    return this.#unreadable;
  }

  /** How far the watch has come; empty before the first list. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  /** The newest version seen of anything here: answers to writes run ahead of the watch. */
  get newest(): string {
    return this.#newest;
  }

  /** The slim object, identical (`===`) as long as its projection stays equal. */
  get(key: string): Slim | undefined {
    return this.#entries.get(key)?.slim;
  }

  /** The version last seen of an object, also when a change of it left the projection as it was. */
  resourceVersionOf(key: string): string | undefined {
    return this.#entries.get(key)?.resourceVersion;
  }

  /** All keys and slim objects, in the order in which they came. */
  *entries(): IterableIterator<[key: string, object: Slim]> {
    for (const [key, { slim }] of this.#entries) yield [key, slim];
  }

  /** All slim objects. */
  *values(): IterableIterator<Slim> {
    for (const { slim } of this.#entries.values()) yield slim;
  }

  /** Takes in the answer to a create, replace or patch, ahead of its watch event. */
  upsertFromResponse(object: KubernetesObject): void {
    const key = objectKey(object);
    // The watch is past this version and the object is not here: it was deleted since.
    if (!this.#entries.has(key) && !isNewerOrUnknown(versionOf(object), this.#resourceVersion)) return;
    this.#put(key, object, false);
  }

  /** Takes in an added or modified object of the watch. */
  upsert(object: KubernetesObject): void {
    this.#put(objectKey(object), object, false);
    this.advance(versionOf(object));
  }

  /** Takes in the deletion of an object, which carries the version of the deletion. */
  delete(object: KubernetesObject): void {
    const key = objectKey(object);
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#unreadable.delete(key);
    else if (!isNewer(entry.resourceVersion, versionOf(object))) this.#remove(key, entry, versionOf(object));
    this.advance(versionOf(object));
  }

  /** Notes that the watch has come this far. */
  advance(resourceVersion: string): void {
    if (resourceVersion === '') return;
    this.#resourceVersion = resourceVersion;
    this.#see(resourceVersion);
  }

  /**
   * Begins to replace everything by a list at this version, page by page.
   *
   * The server's history may have been set back (restored from a backup): the list wins over every version held when it
   * shows the server's newest state and is older than what was seen here; and over any version of an object that it
   * ought to have and shows an older one of.
   *
   * @param seenBefore {@link newest} before the server's newest state was asked for; undefined for other lists
   */
  replace(resourceVersion: string, seenBefore?: string): Replacement {
    const setBack = seenBefore !== undefined && isOlder(resourceVersion, seenBefore);
    const listed = new Set<string>();
    const isGone = (key: string, entry: Entry<Slim>): boolean =>
      !listed.has(key) && (setBack || !isNewer(entry.resourceVersion, resourceVersion));
    // What the list could have shown as it is here, it shows older.
    const isFromAnotherHistory = (key: string, object: KubernetesObject): boolean => {
      const held = this.resourceVersionOf(key);
      return held !== undefined && isOlder(versionOf(object), held) && !isNewer(held, resourceVersion);
    };
    return {
      missing: () => [...this.#entries].flatMap(([key, entry]) => (isGone(key, entry) ? [key] : [])),
      add: (object) => {
        const key = objectKey(object);
        listed.add(key);
        this.#put(key, object, setBack || isFromAnotherHistory(key, object));
      },
      finish: () => {
        for (const [key, entry] of this.#entries) if (isGone(key, entry)) this.#remove(key, entry);
        for (const key of this.#unreadable.keys())
          if (!listed.has(key) && !this.#entries.has(key)) this.#unreadable.delete(key);
        if (setBack) this.#newest = '';
        this.advance(resourceVersion);
      },
    };
  }

  #see(resourceVersion: string): void {
    this.#newest = newerOf(this.#newest, resourceVersion);
  }

  #put(key: string, object: KubernetesObject, force: boolean): void {
    const entry = this.#entries.get(key);
    const resourceVersion = versionOf(object);
    this.#see(resourceVersion);
    if (entry && !force && isKnown(resourceVersion, entry.resourceVersion)) return;
    const slim = this.#projected(key, object, entry);
    if (slim === undefined) {
      if (entry) this.#remove(key, entry);
    } else if (!entry) {
      this.#entries.set(key, { slim, resourceVersion });
      this.#onChange({ type: 'added', key, object: slim });
    } else if (isDeepStrictEqual(slim, entry.slim)) {
      this.#entries.set(key, { slim: entry.slim, resourceVersion });
    } else {
      this.#entries.set(key, { slim, resourceVersion });
      this.#onChange({ type: 'updated', key, object: slim, previous: entry.slim });
    }
  }

  // One object that cannot be read must not end the list or the watch that all others come by.
  #projected(key: string, object: KubernetesObject, entry: Entry<Slim> | undefined): Slim | undefined {
    try {
      const slim = this.#project(object);
      this.#unreadable.delete(key);
      return slim;
    } catch (error) {
      const isRepeated = this.#unreadable.size > 0;
      this.#unreadable.set(key, error);
      this.#onProjectionError(error, isRepeated);
      return entry?.slim;
    }
  }

  #remove(key: string, entry: Entry<Slim>, resourceVersion?: string): void {
    this.#entries.delete(key);
    this.#unreadable.delete(key);
    this.#onChange({
      type: 'deleted',
      key,
      previous: entry.slim,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    });
  }
}

/** A list on its way into a {@link Store}. */
export interface Replacement {
  /** Takes in one listed object. */
  add(object: KubernetesObject): void;
  /** The keys of what is held and was not listed so far, and would be gone. */
  missing(): readonly string[];
  /** The list is complete: what it did not name is gone. */
  finish(): void;
}

function versionOf(object: KubernetesObject): string {
  return object.metadata.resourceVersion ?? '';
}

// The same version is the same object: the watch event of a write whose answer came in before. Versions that cannot be
// compared are taken as they come, as client-go takes all of them.
function isKnown(version: string, held: string): boolean {
  return version === held ? version !== '' : isOlder(version, held);
}

function isNewerOrUnknown(left: string, right: string): boolean {
  return (compareResourceVersions(left, right) ?? 1) > 0;
}
