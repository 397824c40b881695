import {
  mergeResults,
  type CloudProvider,
  type DoubtedAttachment,
  type NodeObservation,
  type ProviderChangeResult,
  type ProviderErrorDescription,
  type ProviderNode,
  type ProviderObservation,
} from '@egressip-ipam/core';
import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import { isDeepStrictEqual } from 'node:util';
import { AttachmentDoubts } from './attachment-doubts.ts';
import { describeError } from './contained-provider.ts';

/** What a {@link ProviderWatch} works with. */
export interface ProviderWatchOptions {
  readonly provider: CloudProvider;
  readonly clock: Clock;
  /** Milliseconds between two looks at an unchanged cluster. */
  readonly pollInterval: number;
  /** What to look at now. */
  readonly subjects: () => ProviderSubjects;
  readonly onChange: () => void;
  readonly onError: (error: ProviderErrorDescription) => void;
}

/** Nodes and canonical CIDRs that a provider is asked about. */
export interface ProviderSubjects {
  readonly nodes: readonly ProviderNode[];
  readonly cidrs: readonly string[];
}

const firstRetry = 1_000;
const shortestPause = 250;

/** A change that was made, and when by the monotonic clock. */
interface DoneChange {
  readonly result: ProviderChangeResult;
  readonly at: number;
}

/**
 * What the provider saw last, looked at again after a while, and when nodes or CIDRs
 * are others than before. An address that was put somewhere lately is there, whatever a
 * look shows.
 */
export class ProviderWatch {
  readonly #options: ProviderWatchOptions;
  readonly #stop = new AbortController();
  /** Called when a look that began after they came ends well. */
  #waiting: (() => void)[] = [];
  readonly #doubts: AttachmentDoubts;
  /** For so long, in milliseconds, a look may show what was before a change that was made. */
  readonly #settlingTime: number;
  #observation: ProviderObservation | undefined;
  #seen: ProviderSubjects | undefined;
  #looking = false;
  /** What was done lately, the newest last, one entry per address. */
  #done: readonly DoneChange[] = [];
  #timer: { readonly at: number; readonly timer: ClockTimer } | undefined;
  #failures = 0;
  /** What was said last of CIDRs that cannot be read. */
  #told = '';

  constructor(options: ProviderWatchOptions) {
    this.#options = options;
    this.#settlingTime = options.provider.settlingTime ?? 0;
    this.#doubts = new AttachmentDoubts(this.#settlingTime);
  }

  /** What is known now; undefined until the first look has ended. */
  get observation(): ProviderObservation | undefined {
    return this.#observation;
  }

  /** Begins to look. */
  start(): void {
    this.#doubts.start(this.#options.clock.monotonic());
    this.#lookIn(0);
    void this.#listen();
  }

  /** Stops looking; a look under way is given up. */
  stop(): void {
    this.#stop.abort();
    this.#timer?.timer.cancel();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** To be called when the cluster changed: looks when there is something new to look at. */
  check(): void {
    if (this.#seen === undefined || this.#looking) return;
    const { nodes, cidrs } = this.#options.subjects();
    if (!isDeepStrictEqual(nodes, this.#seen.nodes) || !isDeepStrictEqual(cidrs, this.#seen.cidrs))
      this.#lookIn(shortestPause);
  }

  /**
   * Which of the addresses on record may be on an interface that no look showed to carry them: the platform shows late
   * what was done a moment ago, also by others before this process.
   */
  doubted(onRecord: () => readonly DoubtedAttachment[]): readonly DoubtedAttachment[] {
    return this.#doubts.among(onRecord);
  }

  /** Takes in what became of changes, without a look. */
  note(results: readonly ProviderChangeResult[]): void {
    const at = this.#options.clock.monotonic();
    const done = results.filter(({ outcome }) => outcome === 'done');
    const addresses = new Set(done.map(({ change }) => change.address));
    const others = this.#lately().filter(({ result }) => !addresses.has(result.change.address));
    this.#done = [...others, ...done.map((result) => ({ result, at }))];
    this.#doubts.note(results, at);
    if (this.#observation !== undefined) this.#observation = mergeResults(this.#observation, results);
    this.#options.onChange();
  }

  /** Looks soon; resolves when a look that began after this call ended well, or none will be made any more. */
  look(): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#lookIn(shortestPause);
    });
  }

  /** Looks when the provider says that there is something new. */
  async #listen(): Promise<void> {
    const { provider } = this.#options;
    const { signal } = this.#stop;
    while (provider.changed !== undefined && !signal.aborted) {
      await provider.changed(signal);
      if (!signal.aborted) await this.look();
    }
  }

  #lookIn(milliseconds: number): void {
    if (this.#stop.signal.aborted) return;
    const at = this.#options.clock.monotonic() + milliseconds;
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.timer.cancel();
    this.#timer = { at, timer: this.#options.clock.setTimeout(() => void this.#look(), milliseconds) };
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    if (this.#looking) return this.#lookIn(shortestPause);
    const subjects = this.#options.subjects();
    const waiting = this.#waiting.splice(0);
    const startedAt = this.#options.clock.monotonic();
    this.#looking = true;
    // What was seen gone counts as in use when a later look shows it: somebody else may have it now.
    this.#done = this.#lately().filter(({ result }) => result.change.type !== 'detach');
    try {
      const seen =
        subjects.cidrs.length === 0 && waiting.length === 0 ? { nodes: [], cidrs: [] } : await this.#observe(subjects);
      if (this.#stop.signal.aborted) return;
      this.#failures = 0;
      this.#doubts.looked(startedAt);
      this.#tell(seen);
      this.#take(
        mergeResults(
          withKnownNodes(seen, this.#observation),
          this.#lately().map(({ result }) => result),
        ),
      );
      for (const resolve of waiting) resolve();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const description = describeError(error);
      this.#waiting.unshift(...waiting);
      this.#failures += 1;
      this.#options.onError(description);
      this.#take(withError(subjects, this.#observation, description));
    } finally {
      this.#looking = false;
      this.#seen = subjects;
      const again =
        this.#failures === 0
          ? this.#options.pollInterval
          : Math.min(this.#options.pollInterval, firstRetry * 2 ** Math.min(this.#failures - 1, 16));
      this.#lookIn(this.#waiting.length > 0 && this.#failures === 0 ? shortestPause : again);
    }
  }

  /** Says once that CIDRs cannot be read. */
  #tell({ cidrs }: ProviderObservation): void {
    const errors = cidrs.flatMap((entry) => ('error' in entry ? [entry.error] : []));
    const text = errors.map(({ message }) => message).join('; ');
    const [first] = errors;
    if (first !== undefined && text !== this.#told) this.#options.onError(first);
    this.#told = text;
  }

  #lately(): readonly DoneChange[] {
    const since = this.#options.clock.monotonic() - this.#settlingTime;
    return this.#done.filter(({ at }) => at > since);
  }

  #observe(subjects: ProviderSubjects): Promise<ProviderObservation> {
    return this.#options.provider.observe({ ...subjects, signal: this.#stop.signal });
  }

  #take(observation: ProviderObservation): void {
    if (isDeepStrictEqual(observation, this.#observation)) return;
    this.#observation = observation;
    this.#options.onChange();
  }
}

/** The nodes on which nothing answers that attaches addresses. */
export function silentNodes({ observation }: Pick<ProviderWatch, 'observation'>): ReadonlySet<string> {
  return new Set(observation?.nodes.flatMap((node) => ('silent' in node && node.silent === true ? [node.node] : [])));
}

/**
 * A node that cannot be read just now is as it was when it was seen last; one that the platform does not have is gone.
 */
function withKnownNodes(seen: ProviderObservation, before: ProviderObservation | undefined): ProviderObservation {
  if (before === undefined || !seen.nodes.some((node) => 'error' in node)) return seen;
  const known = new Map(before.nodes.map((node) => [node.node, node]));
  return {
    ...seen,
    nodes: seen.nodes.map((node) =>
      'error' in node && node.error.class !== 'not-found' ? (known.get(node.node) ?? node) : node,
    ),
  };
}

/** Nothing could be read: nodes are as they were, and nothing is given out from any CIDR until it can be (law 6). */
function withError(
  { nodes, cidrs }: ProviderSubjects,
  before: ProviderObservation | undefined,
  error: ProviderErrorDescription,
): ProviderObservation {
  const known = new Map(before?.nodes.map((node) => [node.node, node]));
  return {
    nodes: nodes.map(({ name }): NodeObservation => known.get(name) ?? { node: name, error }),
    cidrs: cidrs.map((cidr) => ({ cidr, error })),
  };
}
