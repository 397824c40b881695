import type { AttachStep, CloudProvider, DetachStep, MoveStep, Plan, ProviderChange, ProviderChangeResult, ProviderErrorDescription, ProviderFailure, ProviderNode } from '@egressip-ipam/core';
import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import { describeError } from '../provider/contained-provider.ts';
import type { AddressHolds } from './address-holds.ts';
import { AttachBatches } from './attach-batches.ts';
import { BackOff } from './back-off.ts';

/** The steps that are changes of network interfaces. */
export type InterfaceStep = AttachStep | DetachStep | MoveStep;

/** What an {@link InterfaceExecutor} works with. */
export interface InterfaceExecutorOptions {
  readonly provider: CloudProvider;
  readonly clock: Clock;
  readonly holds: AddressHolds;
  /** Throws when this process may no longer change anything. */
  readonly fence: () => void;
  /** Aborted when the right to change anything is lost: calls under way are given up. */
  readonly lost: AbortSignal;
  readonly nodeOf: (name: string) => ProviderNode;
  /** Takes in what became of changes. */
  readonly onResults: (results: readonly ProviderChangeResult[]) => void;
  /** Looks at the platform; resolves when it has been seen. */
  readonly look: () => Promise<void>;
  /** Something is free again: plan again. */
  readonly onProgress: () => void;
  readonly onError: (step: InterfaceStep, error: ProviderErrorDescription, retryInMilliseconds: number) => void;
  readonly onDone?: (step: InterfaceStep, milliseconds: number) => void;
}

/**
 * Carries out the ready changes of interfaces of the newest plan: one call at a time
 * per interface, all of an interface's addresses in one call, many interfaces at once.
 * What fails is tried again later, alone; the other addresses go on.
 */
export class InterfaceExecutor {
  readonly #options: InterfaceExecutorOptions;
  readonly #busy = new Set<string>();
  readonly #lanes = new BackOff({ first: 500, longest: 60_000 });
  readonly #addresses = new BackOff({ first: 1_000, longest: 60_000 });
  readonly #failures = new Map<string, ProviderFailure>();
  readonly #batches = new AttachBatches();
  readonly #stop = new AbortController();
  #timer: ClockTimer | undefined;
  #idle: (() => void) | undefined;

  constructor(options: InterfaceExecutorOptions) {
    this.#options = options;
  }

  /** How many interfaces are being changed. */
  get underWay(): number {
    return this.#busy.size;
  }

  /** Nothing waits for its turn: interfaces are changed side by side. */
  readonly isBehind = false;

  /** What was refused last and is still wanted. */
  get failures(): readonly ProviderFailure[] {
    return [...this.#failures.values()];
  }

  /** Takes the place of the plan before. */
  take(plan: Plan): void {
    const steps = plan.steps.filter((step) => step.kind === 'attach' || step.kind === 'detach' || step.kind === 'move');
    this.#forget(steps);
    if (this.#stop.signal.aborted) return;
    const now = this.#options.clock.monotonic();
    const attaching = this.#batches.dueTimes(steps.filter((step) => step.kind === 'attach'), now);
    let wake = Infinity;
    for (const step of steps) {
      const lanes = lanesOf(step);
      if (step.after.length > 0 || lanes.some((lane) => this.#busy.has(lane))) continue;
      const start = Math.max(attaching.get(step.id) ?? 0, ...lanes.map((lane) => this.#lanes.until(lane)));
      const addresses = step.addresses.filter((address) => !this.#options.holds.isHeld(address));
      const due = addresses.filter((address) => this.#addresses.until(keyOf(step, address)) <= now);
      for (const address of addresses) if (!due.includes(address)) wake = Math.min(wake, this.#addresses.until(keyOf(step, address)));
      if (start > now) wake = Math.min(wake, start);
      else if (due.length > 0) void this.#carryOut({ ...step, addresses: due }, lanes);
    }
    this.#timer?.cancel();
    this.#timer = Number.isFinite(wake) ? this.#options.clock.setTimeout(() => this.#options.onProgress(), Math.max(1, wake - now)) : undefined;
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    return this.#busy.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#idle = resolve));
  }

  /** Drops what no plan wants any more. */
  #forget(steps: readonly InterfaceStep[]): void {
    const wanted = new Set(steps.flatMap((step) => step.addresses.map((address) => keyOf(step, address))));
    for (const key of this.#failures.keys()) if (!wanted.has(key)) this.#failures.delete(key);
    this.#addresses.keepOnly((key) => wanted.has(key));
  }

  async #carryOut(step: InterfaceStep, lanes: readonly string[]): Promise<void> {
    const { clock, holds, nodeOf } = this.#options;
    const start = clock.monotonic();
    for (const lane of lanes) this.#busy.add(lane);
    const release = holds.hold(step.addresses);
    this.#batches.begun(step);
    const node = nodeOf(step.node);
    const changes = step.addresses.map((address): ProviderChange => (step.kind === 'move' ? { type: 'move', address, from: nodeOf(step.from), node } : { type: step.kind, address, node }));
    try {
      const results = await this.#apply(changes);
      this.#options.onResults(results);
      const failed = results.filter((result) => result.outcome === 'failed');
      this.#judge(step, lanes, failed);
      if (failed.length === 0) this.#options.onDone?.(step, clock.monotonic() - start);
      // Only a look tells what became of a change of unknown outcome, and who has what this one wanted.
      if (failed.some(({ error }) => error.class === 'unknown')) await this.#options.look();
      else if (failed.length > 0) void this.#options.look();
    } finally {
      release();
      for (const lane of lanes) this.#busy.delete(lane);
      if (this.#busy.size === 0) this.#idle?.();
      this.#options.onProgress();
    }
  }

  async #apply(changes: readonly ProviderChange[]): Promise<readonly ProviderChangeResult[]> {
    try {
      this.#options.fence();
      return await this.#options.provider.apply({ changes, signal: this.#options.lost });
    } catch (error) {
      return changes.map((change) => ({ change, outcome: 'failed', error: describeError(error) }));
    }
  }

  #judge(step: InterfaceStep, lanes: readonly string[], failed: readonly Extract<ProviderChangeResult, { outcome: 'failed' }>[]): void {
    const now = this.#options.clock.monotonic();
    for (const address of step.addresses) {
      const key = keyOf(step, address);
      const failure = failed.find(({ change }) => change.address === address);
      if (failure === undefined) {
        this.#addresses.succeed(key);
        this.#failures.delete(key);
        continue;
      }
      const { delay } = this.#addresses.fail(key, now, failure.error.retryAfterMilliseconds);
      this.#failures.set(key, { change: step.kind, address, node: step.node, error: failure.error });
      this.#options.onError({ ...step, addresses: [address] }, failure.error, delay);
    }
    const slower = failed.filter(({ error }) => error.class === 'throttled' || error.class === 'unauthorized');
    for (const lane of lanes) {
      if (slower.length === 0) this.#lanes.succeed(lane);
      else this.#lanes.fail(lane, now, Math.max(...slower.map(({ error }) => error.retryAfterMilliseconds ?? 0)));
    }
  }
}

function lanesOf(step: InterfaceStep): readonly string[] {
  return step.kind === 'move' ? [step.from, step.node] : [step.node];
}

function keyOf(step: InterfaceStep, address: string): string {
  return `${step.kind}/${step.node}/${address}`;
}
