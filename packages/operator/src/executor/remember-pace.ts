import { laneOf, type WriteStep } from './write-step.ts';

/** So many milliseconds lie between two writes of what one EgressIPAM remembers. */
const pause = 1_000;

/**
 * When to write what EgressIPAMs remember of releases. Each write is of the whole list, so that a release which follows
 * another within a second travels with those that come meanwhile. One that comes alone is written at once, and none
 * waits for longer than the pause: what it waits for keeps its addresses from everybody else until then.
 */
export class RememberPace {
  readonly #begunAt = new Map<string, number>();

  /** When a step may start; 0 for at once. */
  dueTime(step: WriteStep): number {
    const begunAt = step.kind === 'remember' ? this.#begunAt.get(laneOf(step)) : undefined;
    return begunAt === undefined ? 0 : begunAt + pause;
  }

  /** Notes that a write begins. */
  begin(step: WriteStep, now: number): void {
    if (step.kind === 'remember') this.#begunAt.set(laneOf(step), now);
  }

  /** Forgets writes that nothing waits for any more. */
  forget(now: number): void {
    for (const [lane, begunAt] of this.#begunAt) if (now >= begunAt + pause) this.#begunAt.delete(lane);
  }
}
