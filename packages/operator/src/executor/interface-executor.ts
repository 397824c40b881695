import type {
  CloudProvider,
  InterfaceStep,
  Plan,
  ProviderChange,
  ProviderChangeResult,
  ProviderErrorClass,
  ProviderErrorDescription,
  ProviderFailure,
  ProviderNode,
} from '@egressip-ipam/core';
import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import { describeError } from '../provider/contained-provider.ts';
import type { AddressHolds } from './address-holds.ts';
import { AttachBatches } from './attach-batches.ts';
import { BackOff } from './back-off.ts';
import { InterfaceFailures } from './interface-failures.ts';
import { groupInterfaceSteps, type InterfaceGroup } from './interface-groups.ts';
import { Lingering } from './lingering.ts';

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
  /** For how many milliseconds the network may send on by an address after it was told otherwise. */
  readonly sendsOn: number;
  /** Takes in what became of changes. */
  readonly onResults: (results: readonly ProviderChangeResult[]) => void;
  /** Looks at the platform; resolves when it has been seen. */
  readonly look: () => Promise<void>;
  /** Something is free again: plan again. */
  readonly onProgress: () => void;
  /** `Infinity` for what is not tried again before what it is made of is another. */
  readonly onError: (step: InterfaceStep, error: ProviderErrorDescription, retryInMilliseconds: number) => void;
  readonly onDone?: (step: InterfaceStep, milliseconds: number) => void;
}

/** A node's failures count no longer than this after its next turn, in milliseconds. */
const forgetAfter = 600_000;
/** After these, what is there is looked at before anything is made of them. */
const seenFirst: ReadonlySet<ProviderErrorClass> = new Set(['unknown', 'conflict', 'capacity']);

/**
 * Carries out the ready changes of interfaces of the newest plan: one call at a time
 * per interface, all of an interface's addresses in one call, many interfaces at once.
 * What fails is tried again later, alone, unless it is refused for good; the other addresses go on.
 */
export class InterfaceExecutor {
  readonly #options: InterfaceExecutorOptions;
  readonly #busy = new Set<string>();
  readonly #lanes = new BackOff({ first: 500, longest: 60_000 });
  readonly #failures: InterfaceFailures;
  readonly #batches = new AttachBatches();
  readonly #lingering: Lingering;
  readonly #stop = new AbortController();
  #timer: ClockTimer | undefined;
  #idle: (() => void) | undefined;

  constructor(options: InterfaceExecutorOptions) {
    this.#options = options;
    this.#failures = new InterfaceFailures(options.nodeOf);
    this.#lingering = new Lingering(options.sendsOn);
  }

  /** How many interfaces are being changed. */
  get underWay(): number {
    return this.#busy.size;
  }

  /** Nothing waits for its turn: interfaces are changed side by side. */
  readonly isBehind = false;

  /** What was refused last and is still wanted, or still to be reckoned with. */
  get failures(): readonly ProviderFailure[] {
    return this.#failures.all;
  }

  /** Takes the place of the plan before. */
  take(plan: Plan): void {
    const groups = groupInterfaceSteps(plan);
    const now = this.#options.clock.monotonic();
    this.#failures.keepOnly(
      groups.flatMap(({ ready, waiting }) => [...ready, ...waiting]),
      now,
    );
    // Nodes come and go for as long as this process lives.
    this.#lanes.forget(now, forgetAfter);
    if (this.#stop.signal.aborted) return;
    this.#lingering.note(
      groups.flatMap(({ ready }) => ready),
      now,
    );
    const due = this.#batches.dueTimes(groups, now);
    const wakes: number[] = [];
    for (const group of groups) wakes.push(...this.#begin(group, due.get(group.key) ?? 0, now));
    const wake = Math.min(...wakes);
    this.#timer?.cancel();
    this.#timer = Number.isFinite(wake)
      ? this.#options.clock.setTimeout(() => this.#options.onProgress(), Math.max(1, wake - now))
      : undefined;
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    return this.#busy.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#idle = resolve));
  }

  /** Begins what may begin now; returns the moments at which more of it may. */
  #begin(group: InterfaceGroup, due: number, now: number): readonly number[] {
    const { nodes, ready } = group;
    if (nodes.some((node) => this.#busy.has(node))) return [];
    const start = Math.max(due, ...nodes.map((node) => this.#lanes.until(node)));
    const free = ready.filter(({ address }) => !this.#options.holds.isHeld(address));
    const until = (step: InterfaceStep): number =>
      Math.max(start, this.#failures.until(step), this.#lingering.until(step));
    const begun = free.filter((step) => until(step) <= now);
    if (begun.length > 0) void this.#carryOut(group, begun);
    return free.filter((step) => !begun.includes(step)).map(until);
  }

  async #carryOut(group: InterfaceGroup, steps: readonly InterfaceStep[]): Promise<void> {
    const { clock, holds, nodeOf } = this.#options;
    const { nodes } = group;
    const start = clock.monotonic();
    for (const node of nodes) this.#busy.add(node);
    const release = holds.hold(steps.map(({ address }) => address));
    this.#batches.begun(group);
    try {
      const results = await this.#apply(steps.map((step) => changeOf(step, nodeOf)));
      this.#options.onResults(results);
      const failed = results.filter((result) => result.outcome === 'failed');
      const milliseconds = clock.monotonic() - start;
      // Only a look tells what became of a change of unknown outcome, and whether it is us who have what this one
      // wanted.
      if (failed.some(({ error }) => seenFirst.has(error.class))) await this.#options.look();
      else if (failed.length > 0) void this.#options.look();
      this.#judge(steps, nodes, failed, milliseconds);
    } finally {
      release();
      for (const node of nodes) this.#busy.delete(node);
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

  #judge(
    steps: readonly InterfaceStep[],
    nodes: readonly string[],
    failed: readonly Extract<ProviderChangeResult, { outcome: 'failed' }>[],
    milliseconds: number,
  ): void {
    const now = this.#options.clock.monotonic();
    for (const step of steps) {
      const failure = failed.find(({ change }) => change.address === step.address);
      if (failure === undefined) {
        this.#failures.succeed(step);
        this.#options.onDone?.(step, milliseconds);
      } else this.#options.onError(step, failure.error, this.#failures.fail(step, failure.error, now));
    }
    const slower = failed.filter(({ error }) => error.class === 'throttled' || error.class === 'unauthorized');
    for (const node of nodes) {
      if (slower.length === 0) this.#lanes.succeed(node);
      else this.#lanes.fail(node, now, Math.max(...slower.map(({ error }) => error.retryAfterMilliseconds ?? 0)));
    }
  }
}

function changeOf(step: InterfaceStep, nodeOf: (name: string) => ProviderNode): ProviderChange {
  const { address } = step;
  const node = nodeOf(step.node);
  return step.kind === 'move'
    ? { type: 'move', address, from: nodeOf(step.from), node }
    : { type: step.kind, address, node };
}
