import type { HostStep, Plan, Step } from '@egressip-ipam/core';
import { FencedError, isConflict, isNotFound, isOutcomeUnknown, type Clock, type ClockTimer, type KubernetesObject } from '@egressip-ipam/kube';
import { addressesAtStake, type Target, type WriteStep } from '../network/write-step.ts';
import type { AddressHolds } from './address-holds.ts';
import { BackOff } from './back-off.ts';
import { HostBatches } from './host-batches.ts';
import { PutBacks } from './put-backs.ts';

/** What the executor works with. */
export interface ExecutorOptions {
  readonly clock: Clock;
  readonly holds: AddressHolds;
  readonly targetOf: (step: WriteStep) => Target | undefined;
  readonly write: (step: WriteStep) => Promise<KubernetesObject | undefined>;
  /** A result is in, or a delay is over: plan again. */
  readonly onProgress: () => void;
  readonly onError: (step: WriteStep, error: unknown, retryInMilliseconds: number) => void;
  /** Someone else undid what was written, so often in a row. */
  readonly onUndone: (step: WriteStep, times: number) => void;
  readonly onDone?: (step: WriteStep, milliseconds: number) => void;
}

interface Waiting {
  readonly step: WriteStep;
  readonly target: Target;
  readonly sequence: number;
}

const mostAtOnce = 24;
const forgetEvery = 600_000;

/** After so many attempts, in about a second, nothing waits any longer for the label of a node: one node that cannot be written keeps nobody waiting. */
const mostLabelAttempts = 8;

/** An address moves at once, though a thousand new namespaces wait. */
const urgent: ReadonlySet<Step['kind']> = new Set(['finalizer', 'host', 'label-node']);
/** What only prepares others, which take turns with what they have prepared: neither may keep the other waiting. */
const preparing: ReadonlySet<Step['kind']> = new Set(['annotate', 'remember']);

/**
 * Carries out the ready Kubernetes writes of the newest plan: one at a time per
 * object, many objects at once. What fails is tried again by a later plan, after a
 * delay that grows per object; nothing else waits for it.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #busy = new Set<string>();
  readonly #failures = new BackOff({ first: 5, longest: 30_000 });
  readonly #batches: HostBatches;
  readonly #putBacks: PutBacks;
  #timer: ClockTimer | undefined;
  #forgottenAt = 0;
  #stopped = false;
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
    return this.#waiting.size > 0;
  }

  /** Takes the place of the plan before; steps of that one that have not begun are dropped. */
  take(plan: Plan): void {
    this.#waiting.clear();
    const now = this.#options.clock.monotonic();
    this.#forget(now);
    const steps = inOrder(plan.steps.filter(isWriteStep));
    const toBeBound = new Set(steps.flatMap((step) => (step.kind === 'claim' ? step.egressIPs : [])));
    const hosts = this.#batches.dueTimes(steps.filter((step) => step.kind === 'host'), (address) => toBeBound.has(address), now);
    let wake = Infinity;
    for (const step of steps) {
      const lane = laneOf(step);
      if (step.after.some((id) => !this.#isGivenUp(id)) || this.#busy.has(lane) || (step.kind === 'host' && this.#isHeld(step))) continue;
      const target = this.#options.targetOf(step);
      if (target === undefined) continue;
      const start = Math.max(this.#failures.until(lane), this.#putBacks.until(lane, step, target.incarnation), hosts.get(step.id) ?? 0);
      if (start > now) wake = Math.min(wake, start);
      else this.#waiting.set(lane, { step, target, sequence: target.sequence });
    }
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

  /** Objects come and go for as long as this process lives. */
  #forget(now: number): void {
    if (now < this.#forgottenAt + forgetEvery) return;
    this.#forgottenAt = now;
    this.#putBacks.forget();
    this.#failures.forget(now, forgetEvery);
  }

  #isGivenUp(id: string): boolean {
    return id.startsWith('label/') && this.#failures.countOf(id) >= mostLabelAttempts;
  }

  #isHeld(step: HostStep): boolean {
    return [...step.added, ...step.removed].some((address) => this.#options.holds.isHeld(address));
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
    const release = this.#options.holds.hold(heldBy(step));
    target.expect(addressesAtStake(step));
    try {
      const answer = await this.#options.write(step);
      if (answer !== undefined) target.observe(answer);
      target.settle(true);
      this.#succeeded(lane, step, target, this.#options.clock.monotonic() - start);
    } catch (error) {
      this.#postpone(lane, step, error);
      await this.#lookAgain(target, error);
    } finally {
      release();
      this.#busy.delete(lane);
      if (this.#busy.size === 0) this.#idle?.();
      this.#pump();
      if (!this.#stopped) this.#options.onProgress();
    }
  }

  #succeeded(lane: string, step: WriteStep, target: Target, milliseconds: number): void {
    this.#failures.succeed(lane);
    if (step.kind === 'host') this.#batches.written(step);
    const times = this.#putBacks.note(lane, step, target.incarnation);
    if (times > 0) this.#options.onUndone(step, times);
    this.#options.onDone?.(step, milliseconds);
  }

  #postpone(lane: string, step: WriteStep, error: unknown): void {
    const { count, delay } = this.#failures.fail(lane, this.#options.clock.monotonic());
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

/** What leaves a node may not enter another, and what is being bound may not leave its node, until the write has ended. */
function heldBy(step: WriteStep): readonly string[] {
  return step.kind === 'host' ? step.removed : step.kind === 'claim' ? step.egressIPs : [];
}

function isWriteStep(step: Step): step is WriteStep {
  return step.kind !== 'attach' && step.kind !== 'detach' && step.kind !== 'move';
}

function inOrder(steps: readonly WriteStep[]): readonly WriteStep[] {
  const first = steps.filter(({ kind }) => urgent.has(kind));
  const prepared = steps.filter(({ kind }) => !urgent.has(kind) && !preparing.has(kind));
  const others = steps.filter(({ kind }) => preparing.has(kind));
  const turns = Array.from({ length: Math.max(prepared.length, others.length) }, (_, turn) => [prepared[turn], others[turn]]);
  return [...first, ...turns.flat().filter((step) => step !== undefined)];
}

/** Steps of one object share a lane. */
function laneOf(step: WriteStep): string {
  if (step.kind === 'apply-egress-ip' || step.kind === 'delete-egress-ip') return `egress-ip/${step.name}`;
  return step.id.endsWith('/then') ? step.id.slice(0, -'/then'.length) : step.id;
}
