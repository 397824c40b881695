import type { Precondition, Step } from '@egressip-ipam/core';

/**
 * What may follow when steps of a plan have ended well: the steps that waited for them alone. It holds as long as
 * nothing happened that the plan did not know of.
 */
export class Followers {
  readonly #of = new Map<string, Step[]>();
  /** By the id of a waiting step: how much it waits for. */
  readonly #awaited = new Map<string, number>();

  /** `isAwaited` tells whether something is still waited for. */
  constructor(steps: readonly Step[], isAwaited: (precondition: Precondition) => boolean) {
    for (const step of steps) {
      const after = step.after.filter(isAwaited);
      if (after.length === 0) continue;
      this.#awaited.set(step.id, after.length);
      for (const precondition of after) {
        // What has to be observed is only known to the next plan.
        if (precondition.kind !== 'step') continue;
        const followers = this.#of.get(precondition.id);
        if (followers === undefined) this.#of.set(precondition.id, [step]);
        else followers.push(step);
      }
    }
  }

  /** Notes that a step has ended well; returns those that may start now. */
  take(id: string): readonly Step[] {
    const followers = this.#of.get(id) ?? [];
    this.#of.delete(id);
    return followers.filter((step) => {
      const awaited = (this.#awaited.get(step.id) ?? 0) - 1;
      this.#awaited.set(step.id, awaited);
      return awaited === 0;
    });
  }
}
