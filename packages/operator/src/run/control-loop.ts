import {
  createPlanner,
  type ClusterSnapshot,
  type Finding,
  type NetworkBackend,
  type Plan,
  type Planner,
  type ProviderFailure,
} from '@egressip-ipam/core';
import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import { reasonOf } from '../output/reason-of.ts';
import type { StepRunner } from '../executor/step-runner.ts';
import type { Chronicle } from './chronicle.ts';
import type { Reporter } from './reporter.ts';
import type { Log } from '../log/log.ts';
import { tellStack } from '../log/uncaught.ts';

/** What a {@link ControlLoop} works with. */
export interface ControlLoopOptions {
  readonly clock: Clock;
  /** The network's back end. */
  readonly backend: NetworkBackend;
  /** The cluster as it is now; undefined while not everything has been read. */
  readonly look: () => ClusterSnapshot | undefined;
  readonly runners: readonly StepRunner[];
  readonly reporter: Reporter;
  /** Tells what was decided about addresses, from one term to the next. */
  readonly chronicle: Chronicle;
  readonly log: Log;
  /** How many new addresses a plan gives out at most; 50,000 where nothing is said. */
  readonly mostNew?: number;
  /** Whether a namespace cannot be written just now. */
  readonly isHeldUp?: (namespace: string) => boolean;
  /** What is wrong in objects that were read. */
  readonly problems: () => readonly Finding[];
  /** When to plan again though nothing changes, beside what a plan says; milliseconds since 1970. */
  readonly wakeAt?: () => number | undefined;
  /** Whether a plan goes by less than is known; it is made anew then. */
  readonly isForgetful?: (plan: Plan) => boolean;
  readonly onPlan?: (plan: Plan, milliseconds: number) => void;
  /** Why no plan can be made just now, or that they are made again: a network's back end is anybody's code. */
  readonly onTrouble?: (reason: string | undefined) => void;
}

/** New addresses per plan: a million asked for at once would take seconds, in which no node could fail over. */
const defaultMostNew = 50_000;
const quiet = 10;
const longestQuiet = 500;
/** What is found while writes wait for others waits for these, too. */
const longestBehind = 2_000;
const statusPause = 1_000;
/** While writes follow one another, what they have come to is planned with after so long. */
const longestUnplanned = 3_000;
/** In a cluster that never rests, what was found is told nevertheless. */
const longestUntold = 10_000;
const shutdownGrace = 10_000;
/** A plan that cannot be made is tried again after so long. */
const afterTrouble = 5_000;
/** Timers count milliseconds in 31 bits, some 24 days; a longer one would end at once, time after time. */
const longestSleep = 86_400_000;

/** Observe, plan, act, report, whenever something changed. */
export class ControlLoop {
  readonly #options: ControlLoopOptions;
  /** Made when it is needed: a back end that cannot begin is as good as one that cannot go on. */
  #planner: Planner | undefined;
  #timer: ClockTimer | undefined;
  /** When it ends. */
  #due = 0;
  #wake: ClockTimer | undefined;
  #status: ClockTimer | undefined;
  /** Ends when a status that could not be written is to be tried again. */
  #again: ClockTimer | undefined;
  #running = false;
  /** How long the last plan took, and all that was done with it at once, in milliseconds. */
  #lastTurn = 0;
  /** When the first plan was made of which nothing was told yet. */
  #untoldSince: number | undefined;
  #trouble: string | undefined;

  constructor(options: ControlLoopOptions) {
    this.#options = options;
  }

  /** Begins. */
  start(): void {
    this.#running = true;
    this.poke();
  }

  /** Begins nothing more; resolves when what is under way has ended, or the grace period is over. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of [this.#timer, this.#wake, this.#status, this.#again]) timer?.cancel();
    await Promise.race([
      Promise.all(this.#options.runners.map((runner) => runner.stop())),
      new Promise((resolve) => setTimeout(resolve, shutdownGrace).unref()),
    ]);
  }

  /** Something changed that no step of ours has; a node perhaps, and then it is urgent. */
  noteChange(isUrgent: boolean): void {
    for (const runner of this.#options.runners) runner.outdate?.();
    // A node changed: addresses may have to move, whatever else there is to do.
    if (isUrgent) this.#planIn(quiet);
    else this.poke();
  }

  /** A kind can be read again. */
  noteResumed(kind: string): void {
    for (const runner of this.#options.runners) runner.resumed?.(kind);
    this.poke();
  }

  /**
   * There is something new to plan with: plan soon; while there is work left from the last plan no more than a tenth of
   * the time, as writes need the processor too.
   */
  poke(): void {
    const { runners } = this.#options;
    const isBehind = runners.some((runner) => runner.isBehind);
    const share = isBehind ? 9 : runners.some(({ underWay }) => underWay > 0) ? 1 : 0;
    this.#planIn(Math.min(isBehind ? longestBehind : longestQuiet, Math.max(quiet, share * this.#lastTurn)));
  }

  /** Plans after so long, or sooner where that is due already; what cannot be planned is tried again in its time. */
  #planIn(milliseconds: number): void {
    if (!this.#running) return;
    const { clock } = this.#options;
    const due = clock.monotonic() + milliseconds;
    if (this.#timer !== undefined && (this.#trouble !== undefined || this.#due <= due)) return;
    this.#timer?.cancel();
    this.#due = due;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#contained(() => this.#planNow());
    }, milliseconds);
  }

  /** Whatever goes wrong in a plan, or in what is told of one, nothing of it is kept, and it is tried again. */
  #contained(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#planner = undefined;
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#planIn(afterTrouble);
      this.#tellTrouble(`no plan can be made: ${reasonOf(error)}`, error);
    }
  }

  #createPlanner(): Planner {
    const { backend, mostNew = defaultMostNew, isHeldUp } = this.#options;
    return createPlanner(backend, { mostNew, ...(isHeldUp === undefined ? {} : { isHeldUp }) });
  }

  #tellTrouble(trouble: string | undefined, error?: unknown): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const { log, onTrouble } = this.#options;
    onTrouble?.(trouble);
    if (trouble === undefined) return log.info('plans are made again');
    log.error('no plan can be made; it is tried again, and until then nothing is changed', { reason: reasonOf(error) });
    tellStack(log, error);
  }

  #planNow(): void {
    const { clock, runners, reporter, log, onPlan } = this.#options;
    const start = clock.monotonic();
    const made = this.#running ? this.#plan() : undefined;
    if (made === undefined) return;
    const { plan, snapshot } = made;
    const duration = clock.monotonic() - start;
    onPlan?.(plan, duration);
    for (const runner of runners) runner.take(plan);
    reporter.tell(plan);
    this.#options.chronicle.note(plan, snapshot, start, false);
    log.debug('planned', {
      milliseconds: Math.round(duration),
      steps: plan.steps.length,
      waiting: plan.waiting.length,
      findings: plan.findings.length,
    });
    this.#wake?.cancel();
    const wakeAt = Math.min(Date.parse(plan.wakeAt ?? '') || Infinity, this.#options.wakeAt?.() ?? Infinity);
    this.#wake =
      wakeAt === Infinity
        ? undefined
        : clock.setTimeout(() => this.poke(), Math.min(longestSleep, Math.max(quiet, wakeAt - clock.now())));
    this.#untoldSince ??= start;
    this.#reportSoon(plan, snapshot, start);
    this.#tellTrouble(undefined);
    this.#lastTurn = clock.monotonic() - start;
  }

  #plan(): { readonly plan: Plan; readonly snapshot: ClusterSnapshot } | undefined {
    const { look, problems, isForgetful } = this.#options;
    const snapshot = look();
    if (snapshot === undefined) return undefined;
    const planner = (this.#planner ??= this.#createPlanner());
    const plan = planner.plan(snapshot);
    const better = isForgetful?.(plan) === true ? look() : undefined;
    return better === undefined
      ? { plan: withProblems(plan, problems()), snapshot }
      : { plan: withProblems(planner.plan(better), problems()), snapshot: better };
  }

  #reportSoon(plan: Plan, snapshot: ClusterSnapshot, plannedAt: number): void {
    const { clock } = this.#options;
    this.#status?.cancel();
    this.#status = clock.setTimeout(
      () => this.#contained(() => this.#report(plan, snapshot, plannedAt)),
      Math.max(0, Math.min(statusPause, (this.#untoldSince ?? 0) + longestUntold - clock.monotonic())),
    );
  }

  /** While addresses are still being written the status would change with each of them. */
  #report(plan: Plan, snapshot: ClusterSnapshot, plannedAt: number): void {
    const { clock, runners, reporter, log } = this.#options;
    const now = clock.monotonic();
    const isOverdue = now - (this.#untoldSince ?? 0) >= longestUntold;
    // The plan that is due says more.
    if (!isOverdue && this.#timer !== undefined) return;
    if (!isOverdue && runners.some(({ underWay }) => underWay > 0))
      return now - plannedAt >= longestUnplanned ? this.poke() : this.#reportSoon(plan, snapshot, plannedAt);
    this.#untoldSince = undefined;
    reporter.tellNews(plan, snapshot, !isOverdue);
    this.#options.chronicle.note(plan, snapshot, now, true);
    // What was not told yet is, once it is quiet.
    if (isOverdue) this.poke();
    void this.#writeStatus(plan, snapshot).catch((error: unknown) =>
      log.warn('a status cannot be written', { reason: reasonOf(error) }),
    );
  }

  /** What could not be written is tried again, whether or not anything changes by then. */
  async #writeStatus(plan: Plan, snapshot: ClusterSnapshot): Promise<void> {
    const { clock, reporter } = this.#options;
    const retryIn = await reporter.writeStatus(plan, snapshot);
    if (retryIn === undefined || !this.#running) return;
    this.#again?.cancel();
    this.#again = clock.setTimeout(() => this.poke(), retryIn);
  }
}

/** A plan that reports the fields of objects that could not be read, too. */
function withProblems(plan: Plan, problems: readonly Finding[]): Plan {
  return problems.length === 0 ? plan : { ...plan, findings: [...plan.findings, ...problems] };
}

/** A snapshot with what the provider refused last. */
export function withFailures(snapshot: ClusterSnapshot, failures: readonly ProviderFailure[]): ClusterSnapshot {
  return failures.length === 0 ? snapshot : { ...snapshot, provider: { ...snapshot.provider, failures } };
}
