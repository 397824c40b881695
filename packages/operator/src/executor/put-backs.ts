import { hash } from 'node:crypto';
import type { WriteStep } from '../network/write-step.ts';

interface Written {
  readonly digest: string;
  readonly at: number;
  /** How often it had to be written again. */
  readonly count: number;
}

const forgetAfter = 600_000;
const firstPause = 5_000;
const longestPause = 300_000;

/**
 * Notices that someone else keeps undoing what was written. The first time it is put
 * back at once; after that ever more slowly, as two who both insist help nobody.
 */
export class PutBacks {
  readonly #written = new Map<string, Written>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a step was carried out. */
  note(lane: string, step: WriteStep, incarnation: number): void {
    const digest = digestOf(step, incarnation);
    const last = this.#written.get(lane);
    const again = last?.digest === digest && this.#now() - last.at < forgetAfter;
    this.#written.set(lane, { digest, at: this.#now(), count: again ? last.count + 1 : 0 });
  }

  /** The moment before which a step is not to be written again; 0 for at once. */
  until(lane: string, step: WriteStep, incarnation: number): number {
    const last = this.#written.get(lane);
    if (last === undefined || last.count === 0 || last.digest !== digestOf(step, incarnation)) return 0;
    return last.at + Math.min(longestPause, firstPause * 2 ** Math.min(last.count - 1, 20));
  }

  /** How often in a row what a step writes was undone; 0 for never. */
  countOf(lane: string): number {
    return this.#written.get(lane)?.count ?? 0;
  }

  /** Forgets what is long past. */
  forget(): void {
    const now = this.#now();
    for (const [lane, { at }] of this.#written) if (now - at > forgetAfter) this.#written.delete(lane);
  }
}

function digestOf(step: WriteStep, incarnation: number): string {
  const { after: _after, id: _id, ...rest } = step;
  return hash('sha1', JSON.stringify({ ...rest, incarnation, ...(step.kind === 'host' ? { added: [], removed: [] } : {}) }), 'base64');
}
