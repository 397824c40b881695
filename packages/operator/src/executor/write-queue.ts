import type { Target } from './target.ts';
import { isPreparing, isUrgent, type WriteStep } from './write-step.ts';

/** A write that may start. */
export interface Waiting {
  /** Writes of one lane follow each other. */
  readonly lane: string;
  readonly step: WriteStep;
  readonly target: Target;
  /** Of what its plan was made from. */
  readonly sequence: number;
}

/** Writes that wait for their turn: what is urgent before all else, the rest as it came. */
export class WriteQueue {
  readonly #urgent = new Map<string, Waiting>();
  readonly #others = new Map<string, Waiting>();

  get size(): number {
    return this.#urgent.size + this.#others.size;
  }

  /** Takes the place of what waits of the same lane. */
  add(waiting: Waiting): void {
    (isUrgent(waiting.step) ? this.#urgent : this.#others).set(waiting.lane, waiting);
  }

  /** Takes the next one out; undefined when none waits. */
  next(): Waiting | undefined {
    for (const waiting of [this.#urgent, this.#others]) {
      for (const [lane, first] of waiting) {
        waiting.delete(lane);
        return first;
      }
    }
    return undefined;
  }

  /** Drops all. */
  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }
}

/** Steps of a plan in the order in which they are to wait. */
export function inTurns(steps: readonly WriteStep[]): readonly WriteStep[] {
  const prepared = steps.filter((step) => !isPreparing(step));
  const others = steps.filter(isPreparing);
  if (prepared.length === 0 || others.length === 0) return steps;
  const turns = Array.from({ length: Math.max(prepared.length, others.length) }, (_, turn) => [
    prepared[turn],
    others[turn],
  ]);
  return turns.flat().filter((step) => step !== undefined);
}
