import { sleep } from '../clock/sleep.ts';
import type { Clock, ClockTimer } from '../clock/clock.ts';
import { ToldFailures } from '../errors/told-failures.ts';
import { TransportError } from '../errors/transport-error.ts';
import { isOlder } from '../object/resource-version.ts';
import type { Selection } from '../resource/resource-client.ts';
import type { ServerHistory } from '../rest/server-history.ts';
import { Backoff } from './backoff.ts';
import type { ReflectorOptions } from './reflector-options.ts';
import { isRefresh, isVersionUnknown, networkBackoffCap, nextAfter, pauseAfter, type Next } from './recovery.ts';
import { Store, type Replacement, type StoreChange } from './store.ts';
import { VanishingDoubt } from './vanishing.ts';
import { limitWatch } from './watch-limits.ts';
import { watch, type WatchEvent } from './watch-stream.ts';

const shortestGoodWatch = 10_000;
const defaultLongestSilence = 150_000;

/**
 * Keeps a {@link Store} equal to a collection: list, then watch from there, again and again until stopped.
 *
 * Follows client-go's Reflector: a list at resourceVersion 0, later at the last one seen, at the newest after an
 * expired one; watches with bookmarks and a time limit of 5 to 10 minutes; 410 lists again, anything else goes on
 * watching where it was, after a back-off. Beyond it, watches that a dead network silenced are broken off by the
 * client's Liveness; after those on which a living server sends nothing, not even bookmarks, the newest state is
 * listed, and so it is when the server turns out to have been set back, after a connection broke or by its history.
 */
export class Reflector<Slim> {
  readonly store: Store<Slim>;
  readonly #options: ReflectorOptions<Slim>;
  readonly #clock: Clock;
  readonly #history: ServerHistory;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  readonly #whenSynced: Promise<void>;
  #resolveSynced: () => void = () => undefined;
  #hasSynced = false;
  #lastSeen: number | undefined;
  #failingSince: number | undefined;
  readonly #told = new ToldFailures();
  /** When the first failure was told of which none has been told since that reading goes well again. */
  #interruptedAt = 0;
  #watchingSince: number | undefined;
  /** Whether the server knew the version of a watch no more, since one delivered anything. */
  #hasExpired = false;
  #next: Next = 'list';
  /** Whether the connection broke since something came: the server may have been set back to a backup meanwhile. */
  #wasCutOff = false;
  readonly #stop = new AbortController();
  readonly #refreshing: (() => void)[] = [];
  #breakOff: (reason: unknown) => void = () => undefined;
  /** Ends the pause after a failure. */
  #hurry = new AbortController();
  #endHistory: (() => void) | undefined;
  /** Until a list is read: who knows already tells nobody again. */
  #knowsSetBack = false;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<Slim>) {
    this.#options = options;
    this.#clock = options.client.rest.clock;
    this.#history = options.client.rest.history;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff(this.#clock, this.#random);
    this.#whenSynced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
    this.store = new Store(
      options.project,
      (change) => this.#tell(change),
      (error, isRepeated) => options.onError?.(error, 0, isRepeated),
    );
  }

  /** True once the first list is complete; stays true. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves with the first complete list; never, when stopped before. */
  whenSynced(): Promise<void> {
    return this.#whenSynced;
  }

  /** Whether a list is due or being read: what changes now may have been so for long, or be what a backup had. */
  get isListing(): boolean {
    return this.#next !== 'watch';
  }

  /** Monotonic time, in milliseconds, at which the server last sent anything here: list, event or bookmark. */
  get lastSeen(): number | undefined {
    return this.#lastSeen;
  }

  /**
   * Monotonic time, in milliseconds, since when neither a list nor a watch has succeeded; undefined while all is well.
   */
  get failingSince(): number | undefined {
    return this.#isWatchingWell() ? undefined : this.#failingSince;
  }

  /** Begins; a second call does nothing. */
  start(): void {
    this.#endHistory ??= this.#history.onSetBack(() => {
      if (!this.#knowsSetBack) this.#listNewest('the server was set back');
      this.#knowsSetBack = true;
    });
    this.#running ??= this.#run(this.#stop.signal);
  }

  /**
   * Lists the newest state and resolves when the store shows it: all that was written before this call is in it then,
   * however far the watch was behind. For a new leader, before it decides, and for who knows that the server serves
   * again: no pause after a failure is waited for. Never resolves when stopped before.
   */
  refresh(): Promise<void> {
    const done = new Promise<void>((resolve) => this.#refreshing.push(resolve));
    this.#listNewest('the newest state is wanted');
    return done;
  }

  /**
   * Ends list or watch and resolves when nothing runs any more. The store stays as it is; it cannot be started again.
   */
  async stop(): Promise<void> {
    this.#endHistory?.();
    this.#stop.abort();
    await this.#running;
  }

  #listNewest(reason: string): void {
    this.#next = 'list-newest';
    this.#hurry.abort();
    this.#breakOff(new TransportError(reason, { kind: 'aborted', outcome: 'unknown' }));
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.client.rest.liveness.whenAlive(networkBackoffCap, signal);
      try {
        await this.#cycle(signal);
      } catch (error) {
        if (!signal.aborted && !isRefresh(error)) await this.#afterFailure(error, signal);
      }
    }
  }

  /** One list, if needed, and one watch, both broken off when the network is found dead. */
  async #cycle(signal: AbortSignal): Promise<void> {
    const controller = new AbortController();
    const breakOff = (reason: unknown): void => controller.abort(reason);
    const onStop = (): void => breakOff(signal.reason);
    this.#breakOff = breakOff;
    signal.addEventListener('abort', onStop, { once: true });
    const release = this.#options.client.rest.liveness.watch(breakOff);
    try {
      if (this.#next === 'watch' && this.#wasCutOff && (await this.#isSetBack(controller.signal)))
        this.#next = 'list-newest';
      this.#wasCutOff = false;
      if (this.#next !== 'watch') await this.#list(controller.signal);
      await this.#watch(controller);
    } finally {
      release();
      signal.removeEventListener('abort', onStop);
    }
  }

  /** Whether the server is older than what was seen of it: a watch would miss all that it does until it is there. */
  async #isSetBack(signal: AbortSignal): Promise<boolean> {
    const { newest } = this.#history;
    const { resourceVersion } = await this.#options.client.listPage({ ...this.#selection(), limit: 1, signal });
    this.#tellSetBack(resourceVersion);
    return isOlder(resourceVersion, newest);
  }

  /** Has everybody know that the server's newest state is older than what is held of this resource. */
  #tellSetBack(resourceVersion: string): void {
    if (this.#knowsSetBack || !isOlder(resourceVersion, this.store.resourceVersion)) return;
    this.#knowsSetBack = true;
    this.#history.setBack();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const doubt = new VanishingDoubt(this.store.size);
    const start = this.#clock.monotonic();
    let isNewest = this.#next === 'list-newest' || this.#options.consistency === 'latest';
    let read = await this.#read(isNewest, signal);
    for (
      let vanishing;
      (vanishing = doubt.judge(read.replacement)) !== undefined;
      read = await this.#read(isNewest, signal)
    ) {
      this.#options.onVanishing?.(vanishing);
      if (vanishing.outcome !== 'doubted') break;
      isNewest = true;
      await sleep(this.#clock, vanishing.retryInMilliseconds, signal);
    }
    read.replacement.finish();
    this.#knowsSetBack = false;
    this.#next = 'watch';
    for (const resolve of this.#refreshing.splice(0)) resolve();
    this.#options.onListed?.({ items: read.items, milliseconds: this.#clock.monotonic() - start });
    this.#hasSynced = true;
    this.#failingSince = undefined;
    this.#resolveSynced();
  }

  /** Reads the whole list into the store, but for what it does not name. */
  async #read(
    isNewest: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly replacement: Replacement; readonly items: number }> {
    const { client, pageSize } = this.#options;
    let replacement: Replacement | undefined;
    let items = 0;
    const { newest } = this.store;
    const pages = client.pages({
      ...this.#selection(),
      ...(pageSize === undefined ? {} : { limit: pageSize }),
      resourceVersion: isNewest ? '' : this.store.resourceVersion || '0',
      signal,
    });
    for await (const page of pages) {
      signal.throwIfAborted();
      if (isNewest) this.#tellSetBack(page.resourceVersion);
      replacement ??= this.store.replace(page.resourceVersion, isNewest ? newest : undefined);
      for (const item of page.items) replacement.add(item);
      items += page.items.length;
      this.#lastSeen = this.#clock.monotonic();
    }
    signal.throwIfAborted();
    if (replacement === undefined) throw new TypeError('a list has a page at least');
    return { replacement, items };
  }

  async #watch(controller: AbortController): Promise<void> {
    const timeoutSeconds = Math.floor(300 * (1 + this.#random()));
    const start = this.#clock.monotonic();
    const limits = limitWatch(this.#clock, controller, {
      timeoutSeconds,
      longestSilence: this.#options.longestSilence ?? defaultLongestSilence,
      lastSeen: () => this.#lastSeen,
      // A server that was set back to a backup sends nothing before it comes to the version that was seen last, and
      // then nothing of what it did until there.
      onSilence: () => (this.#next = 'list-newest'),
    });
    let failure: { readonly error: unknown } | undefined;
    let good: ClockTimer | undefined;
    const onOpen = (): void => {
      this.#watchingSince = this.#clock.monotonic();
      if (this.#told.any) good = this.#clock.setTimeout(() => this.#resume(), shortestGoodWatch);
    };
    try {
      await this.#consume(timeoutSeconds, controller.signal, start, onOpen);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      if (this.#isWatchingWell()) this.#failingSince = undefined;
      this.#watchingSince = undefined;
      limits.cancel();
      good?.cancel();
      this.#options.onWatchEnd?.({ milliseconds: this.#clock.monotonic() - start, ...failure });
    }
  }

  // One that is refused, or breaks, does so at once; a good one may have nothing to tell for minutes.
  #isWatchingWell(): boolean {
    return this.#watchingSince !== undefined && this.#clock.monotonic() - this.#watchingSince >= shortestGoodWatch;
  }

  #resume(): void {
    if (!this.#told.any) return;
    this.#told.clear();
    this.#options.onResumed?.((this.#watchingSince ?? this.#clock.monotonic()) - this.#interruptedAt);
  }

  async #consume(timeoutSeconds: number, signal: AbortSignal, start: number, onOpen: () => void): Promise<void> {
    let events = 0;
    const { client } = this.#options;
    for await (const event of watch(client, {
      ...this.#selection(),
      resourceVersion: this.store.resourceVersion,
      timeoutSeconds,
      signal,
      onOpen,
    })) {
      if (event.type === 'error') throw event.error;
      events++;
      this.#lastSeen = this.#clock.monotonic();
      this.#backoff.reset();
      this.#hasExpired = false;
      this.#failingSince = undefined;
      this.#resume();
      this.#take(event);
    }
    // A server that ends each watch at once would otherwise be asked without pause.
    if (events === 0 && this.#clock.monotonic() - start < 1_000) {
      throw new TransportError(`watch ${client.resource.plural}: ended within a second without any event`, {
        kind: 'reset',
        outcome: 'unknown',
      });
    }
  }

  #take(event: Exclude<WatchEvent, { type: 'error' }>): void {
    if (event.type === 'bookmark') this.store.advance(event.resourceVersion);
    else if (event.type === 'deleted') this.store.delete(event.object);
    else this.store.upsert(event.object);
    this.#history.see(this.store.resourceVersion, this.#options.client.resource);
  }

  async #afterFailure(error: unknown, signal: AbortSignal): Promise<void> {
    this.#failingSince ??= this.#clock.monotonic();
    const attempted = this.#next;
    const { next, isAtOnce } = nextAfter(error, attempted, this.#hasExpired);
    if (attempted === 'watch' && isVersionUnknown(error)) this.#hasExpired = true;
    this.#next = next;
    this.#wasCutOff ||= TransportError.isInstance(error);
    // Liveness itself tells when to go on.
    const pause = isAtOnce || !this.#options.client.rest.liveness.alive ? 0 : pauseAfter(error, this.#backoff);
    if (!this.#told.any) this.#interruptedAt = this.#clock.monotonic();
    this.#options.onError?.(error, pause, this.#told.isRepeated(error));
    this.#hurry = new AbortController();
    if (pause > 0) await sleep(this.#clock, pause, AbortSignal.any([signal, this.#hurry.signal]));
  }

  #selection(): Selection {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  // One listener's mistake must not end the watch that all others live on.
  #tell(change: StoreChange<Slim>): void {
    try {
      this.#options.onChange?.(change);
    } catch (error) {
      this.#options.onError?.(error, 0, false);
    }
  }
}
