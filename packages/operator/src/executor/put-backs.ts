import { hash } from 'node:crypto';
import type { WriteStep } from './write-step.ts';

/** What was written of one object. */
interface Written {
  /** What it was to come to, in the end. */
  readonly goal: string;
  /** By what a write does: a fight over one part of an object slows down nothing that another part needs. */
  readonly byEffect: ReadonlyMap<string, WrittenPart>;
}

interface WrittenPart {
  /** The steps on the way there, since it was last undone. */
  readonly steps: ReadonlySet<string>;
  readonly isDone: boolean;
  readonly at: number;
  /** How often it was undone. */
  readonly count: number;
}

/** For so long others count as insisting who undid something. */
const insistsFor = 600_000;
/** For so long it is known of all objects what was written last. */
const remembersAllFor = 600_000;
/** After that it is known of so many objects what was written last: a person undoes at any time what is old, too. */
const mostLanes = 10_000;
const firstPause = 5_000;
const longestPause = 300_000;
/** What carries traffic is away no longer than this, whoever insists. */
const longestAway = 10_000;
/** Who undoes something within so long is one who insists; later it is another matter. */
const answersWithin = 10_000;
const none: ReadonlySet<string> = new Set();
const nothing: ReadonlyMap<string, WrittenPart> = new Map();

/**
 * Notices that someone else keeps undoing what was written. The first time it is put
 * back at once; after that ever more slowly, as two who both insist help nobody: within ten
 * seconds what carries traffic, which leaves with addresses of nodes meanwhile.
 */
export class PutBacks {
  readonly #written = new Map<string, Written>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a step was carried out; returns how often in a row what it writes was undone, 0 for not now. */
  note(lane: string, step: WriteStep, incarnation: number): number {
    const { goal, digest } = digestsOf(step, incarnation);
    const at = this.#now();
    const before = this.#written.get(lane);
    const parts = before?.goal === goal ? before.byEffect : nothing;
    const effect = effectOf(step);
    const last = parts.get(effect);
    const isUndone = last !== undefined && isBegunAnew(last, digest);
    const count = isUndone
      ? 1 + (at - last.at <= pauseAfter(last.count, step) + answersWithin ? last.count : 0)
      : (last?.count ?? 0);
    const isDone = digest === goal;
    const steps = isDone ? none : new Set(last !== undefined && !isUndone ? [...last.steps, digest] : [digest]);
    // Those that were written last are the last.
    this.#written.delete(lane);
    this.#written.set(lane, { goal, byEffect: new Map([...parts, [effect, { steps, isDone, at, count }]]) });
    return isUndone ? count : 0;
  }

  /** The moment before which a step is not to be written again; 0 for at once. */
  until(lane: string, step: WriteStep, incarnation: number): number {
    const before = this.#written.get(lane);
    const last = before?.byEffect.get(effectOf(step));
    if (before === undefined || last === undefined || last.count === 0) return 0;
    const { goal, digest } = digestsOf(step, incarnation);
    if (before.goal !== goal || !isBegunAnew(last, digest)) return 0;
    return last.at + pauseAfter(last.count, step);
  }

  /** Whether anything that was written of an object was undone. */
  isUndone(lane: string): boolean {
    const now = this.#now();
    const parts = [...(this.#written.get(lane)?.byEffect.values() ?? [])];
    return parts.some(({ count, at }) => count > 0 && now - at < insistsFor);
  }

  /** Forgets those of too many objects that were written first, and long ago. */
  forget(): void {
    const now = this.#now();
    let surplus = this.#written.size - mostLanes;
    for (const [lane, { byEffect }] of this.#written) {
      if (surplus <= 0 || [...byEffect.values()].some(({ at }) => now - at < remembersAllFor)) return;
      this.#written.delete(lane);
      surplus -= 1;
    }
  }
}

/** How long a step waits that was undone so often in a row, in milliseconds. */
function pauseAfter(count: number, step: WriteStep): number {
  if (count === 0) return 0;
  const { effects } = step;
  const isNeeded = carries(step) || [effects.hosted, effects.bound].some((addresses = []) => addresses.length > 0);
  return Math.min(isNeeded ? longestAway : longestPause, firstPause * 2 ** Math.min(count - 1, 20));
}

/** What a step does with addresses, in words; empty where it only writes down something beside them. */
function effectOf(step: WriteStep): string {
  return Object.entries(step.effects)
    .flatMap(([effect, addresses]: readonly [string, readonly string[] | undefined]) =>
      addresses?.length ? [effect] : [],
    )
    .concat(carries(step) ? ['carries'] : [])
    .sort()
    .join();
}

/** Whether addresses carry traffic only with what a step writes, though it puts none anywhere. */
function carries(step: WriteStep): boolean {
  return step.kind === 'network' && step.carries === true;
}

/** Whether two steps write the same to the same object. */
export function isSameWrite(left: WriteStep, right: WriteStep): boolean {
  return left.kind === right.kind && digestOf(left, 0) === digestOf(right, 0);
}

function isBegunAnew(last: WrittenPart, digest: string): boolean {
  return last.isDone || last.steps.has(digest);
}

/** Of a step, and of what its object is to come to in the end. */
function digestsOf(step: WriteStep, incarnation: number): { readonly goal: string; readonly digest: string } {
  const digest = digestOf(step, incarnation);
  const isOnTheWay = step.kind === 'network' && step.goal !== undefined;
  return { digest, goal: isOnTheWay ? digestOf({ ...step, payload: step.goal }, incarnation) : digest };
}

/** Of what a step writes, and of nothing that a plan says beside that. */
function digestOf(step: WriteStep, incarnation: number): string {
  const { kind, object } = step;
  const { id: _id, after: _after, effects: _effects, ...core } = step;
  const written = step.kind === 'network' ? step.payload : core;
  return hash('sha1', JSON.stringify({ kind, object, written, incarnation }), 'base64');
}
