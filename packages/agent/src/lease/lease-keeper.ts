import {
  ApiError,
  compareResourceVersions,
  isAlreadyExists,
  isConflict,
  isNotFound,
  leases,
  ResourceClient,
  sleep,
  type Clock,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { timingsOf } from '../fencing/timings.ts';
import { agentLeaseName, readAgentLease, renewedLease, type AgentLease, type Renewal } from './agent-lease.ts';

/** What a {@link LeaseKeeper} is made of. */
export interface LeaseKeeperOptions {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly node: string;
  readonly namespace: string;
  /** Unlike that of any other life of this agent. */
  readonly identity: string;
  readonly term: number;
  /**
   * The term to tell, which is longer for a while where a former life had a longer one: by its Lease, it may have left
   * addresses until this monotonic time.
   */
  readonly termToTell: (formerUntil: number) => number;
  /** Milliseconds between two renewals. */
  readonly interval: number;
  readonly endpoint: NonNullable<AgentLease['endpoint']>;
  /** Fields of the Lease's metadata that it is created with, such as its owner. */
  readonly metadata: () => Readonly<Record<string, unknown>>;
  /** The roster number to acknowledge, kept in mind before this returns; and the one that is counted by now. */
  readonly numbers: () => { readonly acknowledged: number; readonly counted: number };
  /** A renewal that was sent at this monotonic time has succeeded. */
  readonly onRenewed: (sentAt: number, acknowledged: number) => void;
  /** The Lease was taken away: resolves when nothing is held any more; only then it is asked for again. */
  readonly onLost: (reason: string) => Promise<void>;
  /** An attempt failed. */
  readonly onError: (error: unknown) => void;
}

/** Terms are of seconds. Of a longer one that somebody else wrote no more is believed, in milliseconds. */
const longestTerm = 300_000;

/**
 * Renews the Lease of this node's agent, again and again, always from the version it knows: a Lease that somebody else
 * has written since is read again, and one that the operator took away ends what is held.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #leases: ResourceClient;
  #current: KubernetesObject | undefined;
  /** The last version that was seen of the Lease. */
  #version: string | undefined;
  // Unknown counts as no: an agent that has just started keeps none of its peers from holding on.
  #reachesServer = false;
  /** When the last attempt ended. */
  #lastAttempt = -Infinity;
  /** Whether this life has ever had the Lease. */
  #hasHeld = false;
  /** Another agent that has taken the Lease from this one: which renewal of it was seen last, and when. */
  #rival: { readonly renewTime: string; readonly seenAt: number } | undefined;
  /** Until when what another life of this agent held by the Lease may be there. */
  #formerUntil = -Infinity;
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#leases = new ResourceClient(options.rest, leases);
  }

  /** Whether the API server served the last attempt that ended, by a renewal or by what it had instead. */
  get reachesServer(): boolean {
    return this.#reachesServer;
  }

  /**
   * Whether another agent says that it is this node's, and is alive. On one machine the port keeps two from running: it
   * is on another one, such as a copy of this, or has another port.
   */
  get isRivalled(): boolean {
    return this.#rival !== undefined;
  }

  start(): void {
    this.#running ??= this.#run(this.#stop.signal);
  }

  /** Renews at once. */
  poke(): void {
    this.#wake.abort();
  }

  /** A peer asks whether the API server is there: looks for itself, at most once a second. */
  lookForPeer(): void {
    if (this.#options.clock.monotonic() - this.#lastAttempt > 1_000) this.poke();
  }

  /** Ends it; the Lease stays held until its time is over, for the next life of this agent to go on with. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, interval } = this.#options;
    for (let isRepeated = false; !signal.aborted;) {
      const start = clock.monotonic();
      this.#wake = new AbortController();
      isRepeated = await this.#attempt(start, signal, isRepeated);
      this.#lastAttempt = clock.monotonic();
      // While the server is away it is looked for more often, as everybody waits for it.
      const period = this.#reachesServer ? interval : interval / 2;
      if (!isRepeated)
        await sleep(
          clock,
          Math.max(50, period - (clock.monotonic() - start)),
          AbortSignal.any([signal, this.#wake.signal]),
        );
    }
  }

  /** One attempt; true when the next is to follow at once, which two never do. */
  async #attempt(sentAt: number, signal: AbortSignal, isRepetition: boolean): Promise<boolean> {
    try {
      if (this.#current === undefined) await this.#read(signal);
      const { acknowledged, counted } = this.#options.numbers();
      const written = await this.#write(this.#renewal(acknowledged, counted), signal);
      this.#current = written;
      this.#version = written.metadata.resourceVersion;
      this.#hasHeld = true;
      this.#reachesServer = true;
      this.#options.onRenewed(sentAt, acknowledged);
      return false;
    } catch (error) {
      if (signal.aborted) return false;
      // Whoever is refused, as by a token that ran out, is served as little as with the server away.
      this.#reachesServer = isConflict(error) || isAlreadyExists(error) || this.#rival !== undefined;
      // What we know may be old, or a renewal without an answer may have been stored.
      this.#current = undefined;
      if (isConflict(error) && !isRepetition) return true;
      this.#options.onError(error);
      return false;
    }
  }

  /** Reads the Lease; when it was taken away, what was held is let go before this resolves. */
  async #read(signal: AbortSignal): Promise<void> {
    const { node, namespace, onLost } = this.#options;
    const found = await this.#leases
      .get({ name: agentLeaseName(node), namespace }, this.#call(signal))
      .catch((error: unknown) => {
        // Without a reason it is not the API server that says so, but what stands before it.
        if (isNotFound(error) && ApiError.isInstance(error) && error.reason !== '') return undefined;
        throw error;
      });
    const lease = found && readAgentLease(found);
    this.#current = found;
    this.#seeVersion(found?.metadata.resourceVersion);
    if (lease?.holder !== undefined && lease.holder !== this.#options.identity)
      this.#formerUntil = Math.max(this.#formerUntil, this.#options.clock.monotonic() + termOf(lease));
    if (lease?.holder === undefined)
      await onLost(lease === undefined ? 'there is no Lease' : 'the operator took the Lease away');
    await this.#yieldTo(lease);
  }

  /**
   * A Lease that is older than it was, or is no more there, tells that the server was set back to a backup: what is
   * wished for is read anew, though a watch finds nothing wrong, as the server has come past what it saw by now.
   */
  #seeVersion(version: string | undefined): void {
    const former = this.#version;
    this.#version = version;
    if (former !== undefined && (version === undefined || (compareResourceVersions(version, former) ?? 0) < 0))
      this.#options.rest.history.setBack();
  }

  /** The younger one of two agents of a node has the Lease, for as long as it renews it. */
  async #yieldTo(lease: AgentLease | undefined): Promise<void> {
    const { identity, term, clock, onLost } = this.#options;
    if (!this.#hasHeld || lease?.holder === undefined || lease.holder === identity) {
      this.#rival = undefined;
      return;
    }
    const now = clock.monotonic();
    const former = this.#rival;
    const seenAt = former?.renewTime === lease.renewTime ? former.seenAt : now;
    this.#rival = { renewTime: lease.renewTime, seenAt };
    if (former === undefined) await onLost(`another agent, ${lease.holder}, has the Lease of this node`);
    const { term: whole, margin } = timingsOf(Math.max(term, termOf(lease)));
    if (clock.monotonic() < seenAt + whole + margin)
      throw new Error(`another agent, ${lease.holder}, has the Lease of this node; two machines have its name`);
    this.#rival = undefined;
  }

  #renewal(acknowledged: number, counted: number): Renewal {
    const { node, namespace, identity: holder, endpoint, clock } = this.#options;
    const term = this.#options.termToTell(this.#formerUntil);
    return { node, namespace, holder, term, acknowledged, counted, endpoint, now: clock.now() };
  }

  #write(renewal: Renewal, signal: AbortSignal): Promise<KubernetesObject> {
    const lease = renewedLease(this.#current, renewal);
    if (this.#current !== undefined) return this.#leases.replace(lease, this.#call(signal));
    return this.#leases.create(
      { ...lease, metadata: { ...lease.metadata, ...this.#options.metadata() } },
      this.#call(signal),
    );
  }

  #call(signal: AbortSignal): { readonly signal: AbortSignal; readonly deadline: number; readonly immediate: true } {
    return { signal, deadline: this.#options.interval * 0.6, immediate: true };
  }
}

function termOf({ term }: AgentLease): number {
  return Math.min(term, longestTerm);
}
