import type { InterfaceGroup } from './interface-groups.ts';

/** So few addresses on their way to interfaces are no stream, and are attached at once. */
const fewAddresses = 8;
/** A stream has ended when nothing came for so long, in milliseconds; later where more are still being prepared. */
const shortestSilence = 500;
const longestSilence = 1_500;
/** No address waits longer than this for others to come along, in milliseconds. */
const longestWait = 10_000;

/**
 * When to attach while addresses come one after the other: when no more come, so that
 * one call attaches all of an interface's, and their number does not grow with that of
 * the namespaces.
 */
export class AttachBatches {
  readonly #firstSeen = new Map<string, number>();
  #known: ReadonlySet<string> = new Set();
  #lastGrowth = -Infinity;

  /** When the ready changes of each group may start, by its key; groups that are not in the map may start now. */
  dueTimes(groups: readonly InterfaceGroup[], now: number): ReadonlyMap<string, number> {
    const attaching = groups.filter(({ kind }) => kind === 'attach');
    const coming = attaching.reduce((sum, { ready, waiting }) => sum + ready.length + waiting.length, 0);
    const isMorePrepared = attaching.some(({ waiting }) => waiting.length > 0);
    this.#noteGrowth(attaching, now);
    const end = this.#lastGrowth + (isMorePrepared ? longestSilence : shortestSilence);
    const due = new Map<string, number>();
    const seen = new Set<string>();
    for (const { key, ready, waiting } of attaching) {
      if (ready.length === 0) continue;
      seen.add(key);
      const first = this.#firstSeen.get(key) ?? now;
      this.#firstSeen.set(key, first);
      if (coming > fewAddresses || waiting.length > 0) due.set(key, Math.min(first + longestWait, end));
    }
    for (const key of this.#firstSeen.keys()) if (!seen.has(key)) this.#firstSeen.delete(key);
    return due;
  }

  /** Notes that a group was begun: what its interface gets next waits anew. */
  begun({ key }: Pick<InterfaceGroup, 'key'>): void {
    this.#firstSeen.delete(key);
  }

  /** An address that comes, or becomes ready, shows that the stream goes on. */
  #noteGrowth(groups: readonly InterfaceGroup[], now: number): void {
    const known = new Set(
      groups.flatMap(({ key, ready, waiting }) => [
        ...ready.map(({ address }) => `${key}/${address}`),
        ...waiting.map(({ address }) => `${key}/then/${address}`),
      ]),
    );
    if ([...known].some((entry) => !this.#known.has(entry))) this.#lastGrowth = now;
    this.#known = known;
  }
}
