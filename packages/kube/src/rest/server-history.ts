import { newerOf } from '../object/resource-version.ts';
import type { Resource } from '../object/resource.ts';

/**
 * How far a server has come, by every version that was seen of it, of whatever resource: etcd counts one history.
 *
 * A server restored from a backup counts on from an earlier version, and what a watch still holds of the lost history
 * is never taken back. Each watch compares with what was seen of all resources, because its own last version may be an
 * old one. Events do not count: large clusters give them an etcd of their own (`--etcd-servers-overrides`). Another
 * resource that has one is listed once too often when its connection breaks.
 */
export class ServerHistory {
  readonly #listeners = new Set<() => void>();
  #newest = '';

  /** The newest version seen; empty before the first. */
  get newest(): string {
    return this.#newest;
  }

  /** Takes in the version of an object, a list or a bookmark of a resource. */
  see(resourceVersion: string, { plural }: Pick<Resource, 'plural'>): void {
    if (plural !== 'events') this.#newest = newerOf(this.#newest, resourceVersion);
  }

  /** Tells all who listen that the server has been set back, however far it has come since. */
  setBack(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Has `listener` called when the server was found set back, until the returned function is called. */
  onSetBack(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
