import type { DoubtedAttachment, ProviderChangeResult } from '@egressip-ipam/core';

/**
 * Knows which addresses may be on an interface that no look has shown to carry them:
 * those of a change that failed a moment ago, and, until looks are as old as that, all
 * that another process may have put there before this one.
 */
export class AttachmentDoubts {
  readonly #settlingTime: number;
  readonly #failedAt = new Map<string, number>();
  /** While all is in doubt. */
  readonly #takenOff = new Set<string>();
  #startedAt = 0;
  #lookedAt = -Infinity;

  /** @param settlingTime how long a look may show what was before a change, in milliseconds */
  constructor(settlingTime: number) {
    this.#settlingTime = settlingTime;
  }

  /** Notes when this process began to change anything. */
  start(now: number): void {
    this.#startedAt = now;
  }

  /** Notes when a look began that ended well. */
  looked(startedAt: number): void {
    this.#lookedAt = startedAt;
    for (const [key, at] of this.#failedAt) if (!this.#isInDoubt(at)) this.#failedAt.delete(key);
    if (!this.#isInDoubt(this.#startedAt)) this.#takenOff.clear();
  }

  /** Takes in what became of changes. */
  note(results: readonly ProviderChangeResult[], now: number): void {
    for (const { change, outcome } of results) {
      const key = keyOf(change.node.name, change.address);
      if (change.type === 'move' && outcome === 'done') this.#takeOff(keyOf(change.from.name, change.address));
      if (change.type === 'detach') {
        if (outcome === 'done') this.#takeOff(key);
        continue;
      }
      this.#takenOff.delete(key);
      if (outcome === 'failed') this.#failedAt.set(key, now);
      else this.#failedAt.delete(key);
    }
  }

  /** Those of the addresses on record that are in doubt. */
  among(onRecord: () => readonly DoubtedAttachment[]): readonly DoubtedAttachment[] {
    const all = this.#isInDoubt(this.#startedAt);
    if (!all && this.#failedAt.size === 0) return [];
    return onRecord().filter(({ node, address }) => {
      const key = keyOf(node, address);
      return !this.#takenOff.has(key) && (all || this.#failedAt.has(key));
    });
  }

  #takeOff(key: string): void {
    if (this.#isInDoubt(this.#startedAt)) this.#takenOff.add(key);
    this.#failedAt.delete(key);
  }

  /** Whether looks may not show yet what happened then. */
  #isInDoubt(at: number): boolean {
    return at > this.#lookedAt - this.#settlingTime;
  }
}

function keyOf(node: string, address: string): string {
  return `${node}/${address}`;
}
