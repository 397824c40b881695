import { laneOf, type WriteStep } from './write-step.ts';

/** Milliseconds between two writes of what one EgressIPAM remembers; of a long list, one for each entry. */
const shortestPause = 1_000;

/**
 * When to write what EgressIPAMs remember of releases. Each write is of the whole list, so that a release which follows
 * another within a second travels with those that come meanwhile (within ten, of ten thousand entries). One that comes
 * alone is written at once, and none waits for longer than the pause: what it waits for keeps its addresses
 * from everybody else until then.
 */
export class RememberPace {
  /** By lane: when the next write may begin. */
  readonly #pausedUntil = new Map<string, number>();

  /** When a step may start; 0 for at once. */
  dueTime(step: WriteStep): number {
    return (step.kind === 'remember' ? this.#pausedUntil.get(laneOf(step)) : undefined) ?? 0;
  }

  /** Notes that a write begins. */
  begin(step: WriteStep, now: number): void {
    if (step.kind === 'remember')
      this.#pausedUntil.set(laneOf(step), now + Math.max(shortestPause, step.released.length));
  }

  /** Forgets writes that nothing waits for any more. */
  forget(now: number): void {
    for (const [lane, until] of this.#pausedUntil) if (now >= until) this.#pausedUntil.delete(lane);
  }
}
