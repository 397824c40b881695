import type { HostStep } from '@egressip-ipam/core';

/** A HostSubnet is not written more often than this while its additions come one after the other, in milliseconds. */
const shortestPause = 300;
/** No addition waits longer than this for others to come along, in milliseconds. */
const longestWait = 1_000;

/**
 * When to write HostSubnets whose additions are still coming in: a write with at
 * least half of what is known to come goes at once, so that their number grows with
 * the logarithm of the additions only; a write that takes something away never waits.
 */
export class HostBatches {
  readonly #firstSeen = new Map<string, number>();
  readonly #lastWrite = new Map<string, number>();

  /** When each ready step may start; steps that are not in the map may start now. */
  dueTimes(steps: readonly HostStep[], now: number): ReadonlyMap<string, number> {
    const due = new Map<string, number>();
    const pending = new Map(steps.filter(({ id }) => id.endsWith('/then')).map((step) => [step.node, step]));
    const seen = new Set<string>();
    for (const step of steps) {
      const then = pending.get(step.node);
      if (step.after.length > 0 || step.added.length === 0 || step.removed.length > 0 || then === undefined) continue;
      seen.add(step.node);
      const first = this.#firstSeen.get(step.node) ?? now;
      this.#firstSeen.set(step.node, first);
      const isLarge = step.added.length >= then.added.length - step.added.length;
      due.set(step.id, Math.min(first + longestWait, isLarge ? (this.#lastWrite.get(step.node) ?? -Infinity) + shortestPause : Infinity));
    }
    for (const node of this.#firstSeen.keys()) if (!seen.has(node)) this.#firstSeen.delete(node);
    return due;
  }

  /** Notes that a HostSubnet was written. */
  written(step: HostStep, now: number): void {
    this.#lastWrite.set(step.node, now);
    this.#firstSeen.delete(step.node);
  }
}
