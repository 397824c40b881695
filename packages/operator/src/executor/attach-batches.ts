import type { AttachStep } from '@egressip-ipam/core';

/** So few addresses on their way to interfaces are no stream, and are attached at once. */
const fewAddresses = 8;
/** A stream has ended when nothing came for so long, in milliseconds; later where HostSubnets are still being written. */
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

  /** When each ready step may start; steps that are not in the map may start now. */
  dueTimes(steps: readonly AttachStep[], now: number): ReadonlyMap<string, number> {
    const ready = steps.filter(({ after }) => after.length === 0);
    const waiting = new Set(steps.filter(({ after }) => after.length > 0).map(({ id }) => id));
    const coming = steps.reduce((sum, { addresses }) => sum + addresses.length, 0);
    this.#noteGrowth(steps, now);
    const end = this.#lastGrowth + (waiting.size > 0 ? longestSilence : shortestSilence);
    const due = new Map<string, number>();
    for (const { id } of ready) {
      const first = this.#firstSeen.get(id) ?? now;
      this.#firstSeen.set(id, first);
      if (coming > fewAddresses || waiting.has(`${id}/then`)) due.set(id, Math.min(first + longestWait, end));
    }
    const ids = new Set(ready.map(({ id }) => id));
    for (const id of this.#firstSeen.keys()) if (!ids.has(id)) this.#firstSeen.delete(id);
    return due;
  }

  /** Notes that a step was begun: what its interface gets next waits anew. */
  begun({ id }: Pick<AttachStep, 'id'>): void {
    this.#firstSeen.delete(id);
  }

  /** An address that comes, or becomes ready, shows that the stream goes on. */
  #noteGrowth(steps: readonly AttachStep[], now: number): void {
    const known = new Set(steps.flatMap(({ id, addresses }) => addresses.map((address) => `${id}/${address}`)));
    if ([...known].some((key) => !this.#known.has(key))) this.#lastGrowth = now;
    this.#known = known;
  }
}
