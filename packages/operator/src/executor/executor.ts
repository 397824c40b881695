import type { Plan, Step } from '@egressip-ipam/core';
import { FencedError, isConflict, isNotFound, isOutcomeUnknown, type Clock, type ClockTimer, type KubernetesObject } from '@egressip-ipam/kube';
import { addressesAtStake, type Target, type WriteStep } from '../network/write-step.ts';

/** What the executor works with. */
export interface ExecutorOptions {
  readonly clock: Clock;
  readonly targetOf: (step: WriteStep) => Target | undefined;
  readonly write: (step: WriteStep) => Promise<KubernetesObject | undefined>;
  /** A result is in, or a delay is over: plan again. */
  readonly onProgress: () => void;
  readonly onError: (step: Step, error: unknown, retryInMilliseconds: number) => void;
  readonly onDone?: (step: Step, milliseconds: number) => void;
}

interface Waiting {
  readonly step: WriteStep;
  readonly target: Target;
  readonly sequence: number;
}

const mostAtOnce = 24;
const firstDelay = 5;
const longestDelay = 30_000;
/** How long a HostSubnet's write waits for further addresses that are about to be on record, so that they land together. */
const settleDelay = 1_000;

/**
 * Carries out the ready steps of the newest plan: one at a time per object, many
 * objects at once. What fails is tried again by a later plan, after a delay that
 * grows per object; nothing else waits for it.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #busy = new Set<string>();
  readonly #failures = new Map<string, { count: number; until: number }>();
  readonly #firstSeen = new Map<string, number>();
  #timer: ClockTimer | undefined;
  #stopped = false;
  #idle: (() => void) | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** How many writes are under way. */
  get underWay(): number {
    return this.#busy.size;
  }

  /** Takes the place of the plan before; steps of that one that have not begun are dropped. */
  take(plan: Plan): void {
    this.#waiting.clear();
    const now = this.#options.clock.monotonic();
    let wake = Infinity;
    const ids = new Set(plan.steps.map(({ id }) => id));
    for (const step of plan.steps) {
      if (step.after.length > 0 || step.kind === 'attach' || step.kind === 'detach' || step.kind === 'move') continue;
      const target = this.#options.targetOf(step);
      if (target === undefined || this.#busy.has(laneOf(step))) continue;
      const start = Math.max(this.#failures.get(laneOf(step))?.until ?? 0, this.#settledAt(step, ids, now));
      if (start > now) wake = Math.min(wake, start);
      else this.#waiting.set(laneOf(step), { step, target, sequence: target.sequence });
    }
    for (const id of this.#firstSeen.keys()) if (!ids.has(id)) this.#firstSeen.delete(id);
    this.#wakeIn(wake - now);
    this.#pump();
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#waiting.clear();
    return this.#busy.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#idle = resolve));
  }

  /** A host step that only adds waits a moment for the additions that follow it; one that removes never waits. */
  #settledAt(step: WriteStep, ids: ReadonlySet<string>, now: number): number {
    if (step.kind !== 'host' || step.added.length === 0 || step.removed.length > 0 || !ids.has(`${step.id}/then`)) return 0;
    const first = this.#firstSeen.get(step.id) ?? now;
    this.#firstSeen.set(step.id, first);
    return first + settleDelay;
  }

  #wakeIn(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = Number.isFinite(milliseconds) ? this.#options.clock.setTimeout(() => this.#options.onProgress(), Math.max(1, milliseconds)) : undefined;
  }

  #pump(): void {
    for (const [lane, waiting] of this.#waiting) {
      if (this.#busy.size >= mostAtOnce || this.#stopped) return;
      this.#waiting.delete(lane);
      // Decided on something that is no longer so: the next plan knows better.
      if (waiting.target.changedSince(waiting.sequence)) continue;
      this.#busy.add(lane);
      void this.#carryOut(lane, waiting);
    }
  }

  async #carryOut(lane: string, { step, target }: Waiting): Promise<void> {
    const start = this.#options.clock.monotonic();
    target.expect(addressesAtStake(step));
    try {
      const answer = await this.#options.write(step);
      if (answer !== undefined) target.observe(answer);
      target.settle(true);
      this.#failures.delete(lane);
      this.#options.onDone?.(step, this.#options.clock.monotonic() - start);
    } catch (error) {
      this.#postpone(lane, step, error);
      await this.#lookAgain(target, error);
    } finally {
      this.#busy.delete(lane);
      if (this.#busy.size === 0) this.#idle?.();
      this.#pump();
      if (!this.#stopped) this.#options.onProgress();
    }
  }

  #postpone(lane: string, step: Step, error: unknown): void {
    const count = (this.#failures.get(lane)?.count ?? 0) + 1;
    const delay = Math.min(longestDelay, firstDelay * 2 ** Math.min(count - 1, 20));
    this.#failures.set(lane, { count, until: this.#options.clock.monotonic() + delay });
    if (!(isConflict(error) && count < 5)) this.#options.onError(step, error, delay);
  }

  /** After a conflict or an unknown outcome only a fresh look tells what is there. */
  async #lookAgain(target: Target, error: unknown): Promise<void> {
    if (FencedError.isInstance(error) || !(isConflict(error) || isOutcomeUnknown(error))) {
      target.settle(true);
      return;
    }
    try {
      target.observe(await target.read());
    } catch (failure) {
      if (isNotFound(failure)) target.settle(true);
    }
    if (isConflict(error)) target.settle(true);
  }
}

function laneOf(step: WriteStep): string {
  return step.id.endsWith('/then') ? step.id.slice(0, -'/then'.length) : step.id;
}
