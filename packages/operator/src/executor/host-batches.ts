import { laneOf, type WriteStep } from './write-step.ts';

/** An object waits no longer than this for more additions while they keep coming, in milliseconds. */
const longestWait = 3_000;
/**
 * Nor longer than this for additions that do not come, in milliseconds: the plan that is made then sees whether some
 * have come.
 */
const longestPause = 600;

/** The additions of an object that wait for others. */
interface Gathering {
  readonly first: number;
  readonly count: number;
  readonly grewAt: number;
}

/**
 * When to write objects that put addresses on nodes. Where a thousand namespaces come at once, each is written once all
 * of its new addresses are there, and not for each of them. What moves, or is put back, carries traffic already and
 * never waits, and neither does what leaves.
 */
export class HostBatches {
  readonly #gatherings = new Map<string, Gathering>();

  /** When each ready step may start; steps that are not in the map may start now. */
  dueTimes(steps: readonly WriteStep[], now: number): ReadonlyMap<string, number> {
    const due = new Map<string, number>();
    const toBeBound = new Set(steps.flatMap(({ effects }) => effects.bound ?? []));
    const incomplete = new Set(steps.filter((step) => step.after.length > 0 && hostedBy(step).length > 0).map(laneOf));
    const seen = new Set<string>();
    for (const step of steps) {
      const added = hostedBy(step);
      const lane = laneOf(step);
      const removes = (step.effects.unhosted ?? []).length > 0;
      if (
        step.after.length > 0 ||
        added.length === 0 ||
        removes ||
        !incomplete.has(lane) ||
        !added.every((address) => toBeBound.has(address))
      )
        continue;
      seen.add(lane);
      const before = this.#gatherings.get(lane);
      const gathering =
        before?.count === added.length ? before : { first: before?.first ?? now, count: added.length, grewAt: now };
      this.#gatherings.set(lane, gathering);
      due.set(step.id, Math.min(gathering.first + longestWait, gathering.grewAt + longestPause));
    }
    for (const lane of this.#gatherings.keys()) if (!seen.has(lane)) this.#gatherings.delete(lane);
    return due;
  }

  /** Notes that an object was written. */
  written(step: WriteStep): void {
    this.#gatherings.delete(laneOf(step));
  }
}

function hostedBy({ effects }: WriteStep): readonly string[] {
  return effects.hosted ?? [];
}
