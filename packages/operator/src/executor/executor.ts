import type { Plan, Precondition } from '@egressip-ipam/core';
import {
  FencedError,
  isConflict,
  isNotFound,
  isOutcomeUnknown,
  isTooManyRequests,
  sleep,
  TransportError,
  type Clock,
  type ClockTimer,
  type KubernetesObject,
} from '@egressip-ipam/kube';
import type { AddressHolds } from './address-holds.ts';
import { BackOff } from './back-off.ts';
import { Followers } from './followers.ts';
import { HostBatches } from './host-batches.ts';
import type { ObjectLanes } from './object-lanes.ts';
import { isSameWrite, PutBacks } from './put-backs.ts';
import { RememberPace } from './remember-pace.ts';
import type { Target } from './target.ts';
import { addressesAtStake, heldBy, isWriteStep, laneOf, movedBy, type WriteStep } from './write-step.ts';
import { inTurns, WriteQueue, type Waiting } from './write-queue.ts';

/** What the executor works with. */
export interface ExecutorOptions {
  readonly clock: Clock;
  readonly holds: AddressHolds;
  /** Shared with whoever else writes the same objects. */
  readonly lanes: ObjectLanes;
  readonly targetOf: (step: WriteStep) => Target | undefined;
  readonly write: (step: WriteStep, target: Target) => Promise<KubernetesObject | undefined>;
  /** A result is in, or a delay is over: plan again. */
  readonly onProgress: () => void;
  readonly onError: (step: WriteStep, error: unknown, retryInMilliseconds: number) => void;
  /** Someone else undid what was written, so often in a row. */
  readonly onUndone: (step: WriteStep, times: number) => void;
  /** @param wasUndone whether someone else undid what it writes, and we wrote that a moment ago */
  readonly onDone?: (step: WriteStep, milliseconds: number, wasUndone: boolean) => void;
}

/** A write under way. */
interface UnderWay {
  /** As the newest plan that wants just this has it. */
  step: WriteStep;
  /** What that plan says of what comes after it. */
  followers: Followers | undefined;
}

const mostAtOnce = 24;
/**
 * When nothing may start and nothing has ended for so long, in milliseconds, a new plan says what need not wait for
 * what hangs.
 */
const longestPause = 250;
const forgetEvery = 600_000;
/** A look that got no answer is tried again after so many milliseconds, then after twice as many. */
const firstLookDelay = 50;
const longestLookDelay = 1_000;

/** So often in a row a write may come too late before it counts as a failure. */
const mostOvertakings = 5;

/**
 * After so many attempts, in about a second, nothing waits any longer for what only helps: one object that cannot be
 * written keeps nobody waiting.
 */
const mostAttemptsToHelp = 8;

/**
 * Carries out the Kubernetes writes of the newest plan: one at a time per object,
 * many objects at once, each when those it waits for have been answered. As soon as
 * anything else changes, only what is ready goes on, until the next plan. What fails is
 * tried again by a later plan, after a delay that grows per object; nothing else waits for it.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #queue = new WriteQueue();
  readonly #busy = new Map<string, UnderWay>();
  readonly #failures = new BackOff({ first: 5, longest: 30_000 });
  readonly #batches: HostBatches;
  readonly #putBacks: PutBacks;
  readonly #pace = new RememberPace();
  /** Undefined when what the newest plan says of what comes after a step may be wrong. */
  #followers: Followers | undefined;
  /** Whether a step of the newest plan that was ready could not start because of another that is under way. */
  #hasPutOff = false;
  #wake: { readonly at: number; readonly timer: ClockTimer } | undefined;
  #pause: ClockTimer | undefined;
  #forgottenAt = 0;
  readonly #stop = new AbortController();
  #idle: (() => void) | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#batches = new HostBatches();
    this.#putBacks = new PutBacks(() => options.clock.monotonic());
  }

  /** How many writes are under way. */
  get underWay(): number {
    return this.#busy.size;
  }

  /** Whether writes wait for others to end. */
  get isBehind(): boolean {
    return this.#queue.size > 0;
  }

  /** Whether an object cannot be written just now: writes of it fail, or others undo them. */
  isHeldUp(object: WriteStep['object']): boolean {
    const lane = laneOf({ object });
    return this.#failures.countOf(lane) > 0 || this.#putBacks.isUndone(lane);
  }

  /** A kind can be read again, whose definition was away, say: nothing of it waits for its next attempt. */
  resumed(kind: string): void {
    this.#failures.keepOnly((lane) => !lane.startsWith(`${kind}/`));
  }

  /** Takes the place of the plan before; steps of that one that have not begun are dropped. */
  take(plan: Plan): void {
    this.#queue.clear();
    this.#wake?.timer.cancel();
    this.#wake = undefined;
    this.#hasPutOff = false;
    const now = this.#options.clock.monotonic();
    this.#forget(now);
    const laneById = new Map(plan.steps.map((step) => [step.id, laneOf(step)]));
    const isAwaited = (precondition: Precondition): boolean => !this.#isGivenUp(precondition, laneById);
    this.#followers = new Followers(plan.steps, isAwaited);
    const steps = inTurns(plan.steps.filter(isWriteStep));
    const due = this.#batches.dueTimes(steps, now);
    for (const step of steps) if (!step.after.some(isAwaited)) this.#admit(step, due.get(step.id) ?? 0);
    this.#pump();
  }

  /** Something changed that no step of the newest plan has: what waits for others waits for the next plan. */
  outdate(): void {
    this.#followers = undefined;
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.timer.cancel();
    this.#pause?.cancel();
    this.#queue.clear();
    return this.#busy.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#idle = resolve));
  }

  /** Has a step wait for its turn that waits for no other step. */
  #admit(step: WriteStep, due = 0): void {
    const lane = laneOf(step);
    const underWay = this.#busy.get(lane);
    if (underWay !== undefined && isSameWrite(underWay.step, step)) {
      underWay.step = step;
      underWay.followers = this.#followers;
      return;
    }
    if (underWay !== undefined || this.#options.lanes.isTaken(lane)) {
      this.#hasPutOff = true;
      return;
    }
    const now = this.#options.clock.monotonic();
    const target = this.#targetOf(lane, step, now);
    if (target === undefined) return;
    const start = Math.max(
      this.#failures.until(lane),
      this.#putBacks.until(lane, step, target.incarnation),
      this.#pace.dueTime(step),
      due,
    );
    if (start > now) this.#wakeAt(start, now);
    else this.#queue.add({ lane, step, target, sequence: target.sequence });
  }

  /** A back end that cannot say what a step writes is of harm to that step alone. */
  #targetOf(lane: string, step: WriteStep, now: number): Target | undefined {
    try {
      return this.#options.targetOf(step);
    } catch (error) {
      if (this.#failures.until(lane) <= now) this.#postpone(lane, step, error);
      this.#wakeAt(this.#failures.until(lane), now);
      return undefined;
    }
  }

  /** Objects come and go for as long as this process lives. */
  #forget(now: number): void {
    if (now < this.#forgottenAt + forgetEvery) return;
    this.#forgottenAt = now;
    this.#putBacks.forget();
    this.#pace.forget(now);
    this.#failures.forget(now, forgetEvery);
  }

  /** What only helps is waited for no longer once it failed some times. */
  #isGivenUp(precondition: Precondition, laneById: ReadonlyMap<string, string>): boolean {
    if (precondition.kind !== 'step' || precondition.optional !== true) return false;
    return this.#failures.countOf(laneById.get(precondition.id) ?? '') >= mostAttemptsToHelp;
  }

  /** Whether something under way has addresses that a step would move. */
  #isHeld(step: WriteStep): boolean {
    return movedBy(step).some((address) => this.#options.holds.isHeld(address));
  }

  #wakeAt(at: number, now: number): void {
    if (this.#wake !== undefined && this.#wake.at <= at) return;
    this.#wake?.timer.cancel();
    this.#wake = { at, timer: this.#options.clock.setTimeout(() => this.#options.onProgress(), Math.max(1, at - now)) };
  }

  #pump(): void {
    while (this.#busy.size < mostAtOnce && !this.#stop.signal.aborted) {
      const waiting = this.#queue.next();
      if (waiting === undefined) return;
      // Decided on something that is no longer so, or too early: the next plan knows better.
      if (waiting.target.changedSince(waiting.sequence) || this.#isHeld(waiting.step)) this.#hasPutOff = true;
      else {
        const free = this.#options.lanes.take(waiting.lane);
        if (free === undefined) this.#hasPutOff = true;
        else void this.#carryOut(waiting, free);
      }
    }
  }

  async #carryOut({ lane, step, target }: Waiting, free: () => void): Promise<void> {
    const underWay: UnderWay = { step, followers: this.#followers };
    this.#busy.set(lane, underWay);
    const start = this.#options.clock.monotonic();
    this.#pace.begin(step, start);
    const release = this.#options.holds.hold(heldBy(step));
    target.begin(addressesAtStake(step));
    let isAsWritten = false;
    try {
      const answer = await this.#options.write(step, target);
      isAsWritten = answer !== undefined && target.observe(answer);
      target.settle(true);
      this.#succeeded(lane, step, target, this.#options.clock.monotonic() - start);
    } catch (error) {
      this.#postpone(lane, step, error);
      await this.#lookAgain(target, error);
    } finally {
      release();
      target.end();
      this.#busy.delete(lane);
      free();
      if (this.#busy.size === 0) this.#idle?.();
      this.#goOn(isAsWritten, underWay);
    }
  }

  /** What a step has made ready starts; what only a plan can say is asked of one. */
  #goOn(isAsWritten: boolean, { step, followers }: UnderWay): void {
    if (!isAsWritten) this.outdate();
    const isKnown = followers !== undefined && followers === this.#followers;
    const next = isKnown ? followers.take(step.id) : [];
    for (const follower of next) if (isWriteStep(follower)) this.#admit(follower);
    this.#pump();
    this.#pause?.cancel();
    if (this.#stop.signal.aborted) return;
    const needsPlan =
      !isKnown || this.#hasPutOff || next.some((follower) => !isWriteStep(follower)) || this.#busy.size === 0;
    if (needsPlan) this.#options.onProgress();
    else if (!this.isBehind)
      this.#pause = this.#options.clock.setTimeout(() => this.#options.onProgress(), longestPause);
  }

  #succeeded(lane: string, step: WriteStep, target: Target, milliseconds: number): void {
    this.#failures.succeed(lane);
    this.#batches.written(step);
    const times = this.#putBacks.note(lane, step, target.incarnation);
    if (times > 0) this.#options.onUndone(step, times);
    this.#options.onDone?.(step, milliseconds, times > 0);
  }

  #postpone(lane: string, step: WriteStep, error: unknown): void {
    const { count, delay } = this.#failures.fail(lane, this.#options.clock.monotonic());
    // Somebody else wrote the object, or deleted it: a moment later the watch tells, and another plan decides.
    const isOvertaken = (isConflict(error) || isNotFound(error)) && count < mostOvertakings;
    if (!isOvertaken) this.#options.onError(step, error, delay);
  }

  /** After a conflict or an unknown outcome only a fresh look tells what is there. */
  async #lookAgain(target: Target, error: unknown): Promise<void> {
    if (FencedError.isInstance(error) || !(isConflict(error) || isOutcomeUnknown(error))) {
      target.settle(true);
      return;
    }
    await this.#look(target);
    if (isConflict(error)) target.settle(true);
  }

  /** Reads an object until there is an answer: of one that did not change no watch would ever tell. */
  async #look(target: Target): Promise<void> {
    for (let delay = firstLookDelay; ; delay = Math.min(2 * delay, longestLookDelay)) {
      try {
        target.observe(await target.read());
        return;
      } catch (failure) {
        if (isNotFound(failure)) target.settle(true);
        if (!TransportError.isInstance(failure) && !isOutcomeUnknown(failure) && !isTooManyRequests(failure)) return;
      }
      if (!(await sleep(this.#options.clock, delay, this.#stop.signal))) return;
    }
  }
}
