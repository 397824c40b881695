import type { Clock, ClockTimer } from '../clock/clock.ts';
import { sleep } from '../clock/sleep.ts';
import { FencedError } from '../errors/fenced-error.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../errors/predicates.ts';
import { ToldFailures } from '../errors/told-failures.ts';
import { isRecord, type KubernetesObject } from '../object/object.ts';
import { ResourceClient } from '../resource/resource-client.ts';
import { isOlder } from '../object/resource-version.ts';
import type { Resource } from '../object/resource.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { leaseSpec, microTime, parseLease, renewalTime, type LeaseRecord } from './lease-record.ts';

/** Leases of coordination.k8s.io. */
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** What a {@link LeaderElector} takes. Times are milliseconds; the defaults are client-go's. */
export interface LeaderElectorOptions {
  /** A client without a fence of this elector. */
  readonly client: RestClient;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Unlike that of any other candidate, also of this one's former life: host name and a random part. */
  readonly identity: string;
  /** How long others wait after a renewal before they take over. Default 15,000. */
  readonly leaseDuration?: number;
  /** How long the leader goes on without a renewal. Default 10,000; must be shorter than the lease. */
  readonly renewDeadline?: number;
  /** Between two attempts. Default 2,000. */
  readonly retryPeriod?: number;
  readonly random?: () => number;
  /** Whether a holder is known to live no more: its lease is taken over without waiting for its end. */
  readonly isGone?: (identity: string) => boolean;
  readonly onElected?: () => void;
  /** The lease is lost or was given up: nothing may be written any more. Called once per election. */
  readonly onLost?: (reason: string) => void;
  /** Somebody, perhaps this one, is the leader now. */
  readonly onNewLeader?: (identity: string) => void;
  /** Another that holds the lease has renewed it before the eyes of this one: it lives. */
  readonly onHeldByOther?: (identity: string) => void;
  /** An attempt failed, and is made again; a repeated failure is of a sort that was told since one went well. */
  readonly onError?: (error: unknown, isRepeated: boolean) => void;
}

// client-go's JitterFactor for those who wait.
const jitter = 1.2;

/**
 * Elects one leader among replicas with a Lease, by client-go's rules: clocks are never compared between machines, a
 * lease counts as held for its duration from when *this* process saw it change.
 *
 * It goes beyond client-go in fencing: {@link fence} refuses writes unless the lease was renewed within the renew
 * deadline, counted from before the renewal was sent, on a clock that runs on while the process is stopped. Others take
 * over no earlier than a lease duration after that renewal arrived, so a write that passed the fence has the difference
 * of both (5 s) to reach the server. Writes still unanswered when the lease is lost are to be broken off then:
 * `onLost: () => client.abandonFencedWrites()`.
 *
 * A Lease older than it was, or no more there, tells the client's history that the server was set back to a backup.
 */
export class LeaderElector {
  readonly #options: Required<
    Pick<LeaderElectorOptions, 'leaseDuration' | 'renewDeadline' | 'retryPeriod' | 'random'>
  > &
    LeaderElectorOptions;
  readonly #clock: Clock;
  readonly #leases: ResourceClient;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #observed: KubernetesObject | undefined;
  #observedRecord: LeaseRecord | undefined;
  #observedAt = 0;
  /** Of the Lease as last seen. */
  #version: string | undefined;
  /** Monotonic time before the last successful renewal was sent; undefined while not the leader. */
  #renewedAt: number | undefined;
  #expiry: ClockTimer | undefined;
  readonly #told = new ToldFailures();

  /** @throws RangeError when the times do not leave room for one another */
  constructor(options: LeaderElectorOptions) {
    const { leaseDuration = 15_000, renewDeadline = 10_000, retryPeriod = 2_000, random = Math.random } = options;
    if (!(leaseDuration > renewDeadline && renewDeadline > retryPeriod * jitter)) {
      throw new RangeError(
        `leaseDuration (${leaseDuration} ms) must exceed renewDeadline (${renewDeadline} ms), and that ${jitter} × retryPeriod (${retryPeriod} ms)`,
      );
    }
    this.#options = { ...options, leaseDuration, renewDeadline, retryPeriod, random };
    this.#clock = options.client.clock;
    this.#leases = new ResourceClient(options.client, leases);
  }

  /** Is this process the leader, by what it knows now? */
  get isLeader(): boolean {
    return this.#renewedAt !== undefined && this.#clock.monotonic() - this.#renewedAt < this.#options.renewDeadline;
  }

  /** The leader as last seen; undefined before the first look, empty when there is none. */
  get leader(): string | undefined {
    return this.#observedRecord?.holder;
  }

  /** To be called right before each write: see {@link RestClient.withFence}. @throws FencedError when not the leader */
  readonly fence = (): void => {
    if (!this.isLeader) {
      throw new FencedError(
        `not the leader: ${this.#options.identity} holds no lease ${this.#options.namespace}/${this.#options.name} renewed within ${this.#options.renewDeadline / 1000} s`,
      );
    }
  };

  /** Begins to try. A second call does nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Stops trying and, as the leader, releases the lease so that another need not wait for it to expire. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const held = this.isLeader;
    this.#lose('stopped');
    if (held) await this.#release();
  }

  async #run(): Promise<void> {
    const { retryPeriod, random } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const before = this.#clock.monotonic();
      await this.#attempt(signal);
      // The leader keeps its beat; those who wait spread out.
      const period =
        this.#renewedAt === undefined
          ? retryPeriod * (1 + jitter * random())
          : retryPeriod - (this.#clock.monotonic() - before);
      await sleep(this.#clock, Math.max(0, period), signal);
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    try {
      await this.#acquireOrRenew(signal);
      this.#told.clear();
    } catch (error) {
      if (!signal.aborted) this.#options.onError?.(error, this.#told.isRepeated(error));
      // Read it again the next time: what we hold may be old, or our own write may have been applied.
      if (!isNotFound(error)) this.#forgetObserved();
    }
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<void> {
    const { leaseDuration, identity } = this.#options;
    const start = this.#clock.monotonic();
    if (!this.#observed || this.#renewedAt === undefined) {
      const found = await this.#read(signal);
      if (!found) {
        await this.#write(start, undefined, signal);
        return;
      }
      this.#observe(found);
    }
    const record = this.#observedRecord;
    if (!record || !this.#observed) return;
    const expired = this.#clock.monotonic() >= this.#observedAt + leaseDuration;
    const isFree = record.holder === '' || record.holder === identity;
    if (!isFree && !expired && this.#options.isGone?.(record.holder) !== true) {
      this.#lose(`${record.holder} holds the lease`);
      return;
    }
    await this.#write(start, this.#observed, signal);
  }

  async #read(signal: AbortSignal): Promise<KubernetesObject | undefined> {
    const { namespace, name } = this.#options;
    try {
      return await this.#leases.get({ namespace, name }, this.#call(signal));
    } catch (error) {
      if (isNotFound(error)) {
        this.#seeVersion(undefined);
        return undefined;
      }
      throw error;
    }
  }

  async #write(start: number, current: KubernetesObject | undefined, signal: AbortSignal): Promise<void> {
    const { namespace, name, identity, leaseDuration } = this.#options;
    const now = microTime(this.#clock.now());
    const former = current && parseLease(current);
    const keeps = former?.holder === identity;
    const spec = leaseSpec({
      holder: identity,
      durationSeconds: Math.ceil(leaseDuration / 1000),
      acquireTime: keeps && former.acquireTime !== '' ? former.acquireTime : now,
      renewTime: renewalTime(this.#clock.now(), former?.renewTime),
      transitions: former ? former.transitions + (keeps ? 0 : 1) : 0,
    });
    try {
      const written = current
        ? await this.#leases.replace(
            { ...current, spec: { ...(isRecord(current.spec) ? current.spec : {}), ...spec } },
            this.#call(signal),
          )
        : await this.#leases.create({ metadata: { namespace, name }, spec }, this.#call(signal));
      this.#observe(written);
      this.#renewed(start);
    } catch (error) {
      // Another candidate was faster: look at its lease the next time.
      if (isConflict(error) || isAlreadyExists(error)) this.#forgetObserved();
      else throw error;
    }
  }

  #call(signal: AbortSignal): { signal: AbortSignal; deadline: number; immediate: true } {
    return { signal, deadline: this.#options.renewDeadline / 2, immediate: true };
  }

  #observe(lease: KubernetesObject): void {
    const record = parseLease(lease);
    const former = this.#observedRecord;
    const changed =
      !former ||
      former.holder !== record.holder ||
      former.renewTime !== record.renewTime ||
      former.acquireTime !== record.acquireTime ||
      former.transitions !== record.transitions;
    this.#observed = lease;
    this.#seeVersion(lease.metadata.resourceVersion);
    if (!changed) return;
    this.#observedRecord = record;
    this.#observedAt = this.#clock.monotonic();
    if (record.holder === '') return;
    if (former?.holder !== record.holder) this.#options.onNewLeader?.(record.holder);
    else if (record.holder !== this.#options.identity) this.#options.onHeldByOther?.(record.holder);
  }

  #seeVersion(version: string | undefined): void {
    const former = this.#version;
    this.#version = version;
    if (former !== undefined && (version === undefined || isOlder(version, former)))
      this.#options.client.history.setBack();
  }

  // The record stays: when it changed last decides when the lease expires.
  #forgetObserved(): void {
    this.#observed = undefined;
  }

  #renewed(start: number): void {
    // The answer came so late that the process must have slept meanwhile.
    if (this.#clock.monotonic() - start >= this.#options.renewDeadline) return;
    const elected = this.#renewedAt === undefined;
    this.#renewedAt = start;
    this.#expiry?.cancel();
    this.#expiry = this.#clock.setTimeout(
      () => this.#lose('the lease was not renewed in time'),
      start + this.#options.renewDeadline - this.#clock.monotonic(),
    );
    if (elected) this.#options.onElected?.();
  }

  #lose(reason: string): void {
    if (this.#renewedAt === undefined) return;
    this.#renewedAt = undefined;
    this.#expiry?.cancel();
    this.#options.onLost?.(reason);
  }

  async #release(): Promise<void> {
    const { namespace, name, identity } = this.#options;
    const call = { deadline: 2_000, immediate: true };
    try {
      // A renewal that was broken off may still have been applied: what is there now counts, and is asked for twice.
      for (let attempt = 0; attempt < 2; attempt++) {
        const current = await this.#leases.get({ namespace, name }, call);
        const record = parseLease(current);
        if (record.holder !== identity) return;
        const now = microTime(this.#clock.now());
        const spec = leaseSpec({ ...record, holder: '', durationSeconds: 1, acquireTime: now, renewTime: now });
        const error = await this.#leases
          .replace({ ...current, spec: { ...(isRecord(current.spec) ? current.spec : {}), ...spec } }, call)
          .then(
            () => undefined,
            (reason: unknown) => reason,
          );
        if (error === undefined) return;
        if (!isConflict(error))
          throw error instanceof Error ? error : new Error('the Lease could not be released', { cause: error });
      }
    } catch (error) {
      this.#options.onError?.(error, false);
    }
  }
}
