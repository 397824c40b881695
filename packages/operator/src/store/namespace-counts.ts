import { type NamespaceCount } from '@egressip-ipam/core';
import { byName } from '@egressip-ipam/core/plugin';
import { sleep, type Clock } from '@egressip-ipam/kube';

/** One namespace a second, whatever their number; those that nobody counted yet come faster. */
const pause = 1_000;
const firstPause = 50;
/** Each namespace at most so often. */
const shortestAge = 60_000;
/** After a refusal where nothing could be counted. */
const refusalPause = 600_000;
/** The API server has a bad moment. */
const failurePause = 10_000;
/** What changed is told at most so often: somebody plans with it. */
const shortestTelling = 10_000;

/** What a {@link NamespaceCounts} works with; times are in milliseconds. */
export interface NamespaceCountsOptions {
  /** The namespaces to be counted in; the same array for as long as they are the same. */
  readonly namespaces: () => readonly string[];
  /** Undefined where it is not permitted, or not told. */
  readonly count: (namespace: string, signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
  readonly onChange: () => void;
  readonly onRefused: () => void;
}

interface Look {
  /** Undefined where nothing could be counted. */
  readonly entry: NamespaceCount | undefined;
  readonly at: number;
}

/** How many objects of a kind there are in each of some namespaces, counted one namespace after the other. */
export class NamespaceCounts {
  readonly #options: NamespaceCountsOptions;
  /** The one that was counted longest ago first. */
  readonly #looks = new Map<string, Look>();
  #names: readonly string[] = [];
  #uncounted: string[] = [];
  #list: readonly NamespaceCount[] | undefined = [];
  #toldAt = -Infinity;
  #isUntold = false;

  constructor(options: NamespaceCountsOptions) {
    this.#options = options;
  }

  /** Counts until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (let wait = 0; await sleep(clock, wait, signal);) wait = await this.#next(signal);
  }

  /** Sorted by namespace; the same array while nothing changed. */
  list(): readonly NamespaceCount[] {
    this.#list ??= [...this.#looks.values()].flatMap(({ entry }) => entry ?? []).sort(byName);
    return this.#list;
  }

  /** Counts in one namespace, if it is time to. @returns how long to wait until the next */
  async #next(signal: AbortSignal): Promise<number> {
    this.#follow();
    const { clock, onChange } = this.#options;
    const now = clock.monotonic();
    const name = this.#uncounted.pop() ?? this.#oldest(now);
    const wait = name === undefined ? undefined : await this.#countIn(name, signal);
    if (this.#isUntold && now - this.#toldAt >= shortestTelling) {
      this.#isUntold = false;
      this.#toldAt = now;
      onChange();
    }
    return wait ?? (this.#uncounted.length > 0 ? firstPause : pause);
  }

  /** Takes in namespaces that came and went. */
  #follow(): void {
    const names = this.#options.namespaces();
    if (names === this.#names) return;
    this.#names = names;
    const present = new Set(names);
    for (const name of this.#looks.keys()) if (!present.has(name)) this.#note(name, undefined);
    this.#uncounted = names.filter((name) => !this.#looks.has(name));
  }

  #oldest(now: number): string | undefined {
    const [first] = this.#looks;
    return first !== undefined && now - first[1].at >= shortestAge ? first[0] : undefined;
  }

  /** @returns how long to wait where that is longer than otherwise */
  async #countIn(name: string, signal: AbortSignal): Promise<number | undefined> {
    const { count, clock, onRefused } = this.#options;
    const counted = await count(name, signal).catch(() => 'failed' as const);
    const before = this.#looks.get(name)?.entry;
    // What was counted before is better than nothing.
    const isSame = counted === 'failed' || counted === before?.count;
    const entry = isSame ? before : counted === undefined ? undefined : { name, count: counted };
    this.#note(name, { entry, at: clock.monotonic() });
    if (counted === 'failed') return failurePause;
    if (counted !== undefined) return undefined;
    onRefused();
    return this.list().length === 0 ? refusalPause : undefined;
  }

  /** Puts a look at the end of the row, or takes it away. */
  #note(name: string, look: Look | undefined): void {
    if (look?.entry !== this.#looks.get(name)?.entry) {
      this.#list = undefined;
      this.#isUntold = true;
    }
    this.#looks.delete(name);
    if (look !== undefined) this.#looks.set(name, look);
  }
}
