import {
  agentLeaseLabel,
  egressNodes,
  emptyRoster,
  parseRoster,
  readAgentLease,
  readEgressNode,
  rosterKey,
  rosterName,
  type AgentLease,
  type EgressNode,
  type Roster,
} from '@egressip-ipam/agent';
import { isReportFull } from '@egressip-ipam/agent/objects';
import {
  leases,
  Reflector,
  ResourceClient,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { believedOf, type AgentsView } from './agents-view.ts';
import { Sightings } from './sightings.ts';
import { isSilent, timingsOfLease } from './silence.ts';
import { Strays } from './strays.ts';

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** Milliseconds between two looks at who is silent. */
const beat = 250;

/** What the provider watches: EgressNodes, the Leases of their agents, and the roster. */
export class ClusterView implements AgentsView {
  readonly sightings = new Sightings();
  readonly nodes: Reflector<EgressNode>;
  readonly #leases: Reflector<AgentLease>;
  readonly #rosters: Reflector<{ readonly roster: Roster; readonly resourceVersion: string }>;
  readonly #waiting = new Set<() => void>();
  /**
   * EgressNodes that were seen to go, of nodes that have not reported to a new one since; and those that went before we
   * looked, of which nobody knows what they had.
   */
  readonly #lost = new Map<string, { readonly at: number; readonly addresses: ReadonlySet<string> | 'unknown' }>();
  readonly #strays = new Strays();
  /** EgressNodes that were said to be too long: once each, as their nodes may write them again and again. */
  readonly #full = new Set<string>();
  readonly #now: () => number;
  readonly #afterBeat: (now: number) => void;
  #startedAt = Infinity;
  #beat: NodeJS.Timeout | undefined;
  #silent = '';
  #believed = 0;
  #news = 0;

  /**
   * @param onNotice told, in words for people, of what is not believed
   * @param afterBeat called at every beat, with the monotonic time
   */
  constructor(
    rest: RestClient,
    namespace: string,
    onError: (error: unknown) => void,
    onNotice: (notice: string) => void = () => undefined,
    afterBeat: (now: number) => void = () => undefined,
  ) {
    this.#afterBeat = afterBeat;
    this.#now = () => rest.clock.monotonic();
    const onChange = (): void => this.#noteNews();
    this.nodes = new Reflector({
      client: new ResourceClient(rest, egressNodes),
      consistency: 'latest',
      project: readEgressNode,
      onChange: (change) => {
        if (change.type === 'deleted') {
          this.#noteLost(change.previous);
          this.#strays.forget(change.previous.name);
          this.#full.delete(change.previous.name);
        } else {
          if (change.object.status.observedGeneration > 0) this.#lost.delete(change.object.name);
          this.#strays.note(change.object, change.type === 'added' ? undefined : change.previous, this.#now());
          this.#noteFull(change.object, onNotice);
        }
        onChange();
      },
      onError,
    });
    this.#leases = new Reflector({
      client: new ResourceClient(rest, leases),
      namespace,
      labelSelector: `${agentLeaseLabel.key}=${agentLeaseLabel.value}`,
      consistency: 'latest',
      project: readAgentLease,
      onChange: (change) => {
        if (change.type === 'deleted') this.sightings.noteGone(change.previous.node, this.#now());
        else this.sightings.note(change.object, this.#now());
        // A renewal is no news: at most that it is not silent any more, which is seen at the next beat.
        this.#wake();
      },
      onError,
    });
    this.#rosters = new Reflector({
      client: new ResourceClient(rest, configMaps),
      namespace,
      fieldSelector: `metadata.name=${rosterName}`,
      consistency: 'latest',
      project: readRoster,
      onChange,
      onError,
    });
  }

  /** Begins, and resolves when everything has been read; never, when stopped before. */
  async start(): Promise<void> {
    this.#startedAt = this.#now();
    const all = [this.nodes, this.#leases, this.#rosters];
    for (const reflector of all) reflector.start();
    await Promise.all(all.map((reflector) => reflector.whenSynced()));
    this.#noteForgotten();
    this.#beat ??= setInterval(() => this.#onBeat(), beat);
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    await Promise.all([this.nodes.stop(), this.#leases.stop(), this.#rosters.stop()]);
  }

  /** Another number when something was reported, or another agent is silent; renewals alone are none. */
  get news(): number {
    return this.#news;
  }

  /** When reading began, on the monotonic clock: what was before is not known. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get all(): readonly EgressNode[] {
    return [...this.nodes.store.values()];
  }

  /**
   * The nodes that may carry an address although their EgressNode, which said so, was deleted, by a person or with
   * their Node. An agent that has its Lease finds that out within a term of renewing it; one without holds nothing when
   * the time of that is over.
   */
  unreported(address: string): readonly string[] {
    return [...this.#lost].flatMap(([name, { at, addresses }]) =>
      (addresses === 'unknown' || addresses.has(address)) && this.#mayCarry(name, at) ? [name] : [],
    );
  }

  /** The nodes that may carry anything: they are counted, and their EgressNodes went before we looked. */
  get forgotten(): readonly string[] {
    return [...this.#lost].flatMap(([name, { addresses }]) => (addresses === 'unknown' ? [name] : [])).sort();
  }

  #mayCarry(name: string, lostAt: number): boolean {
    const now = this.#now();
    const agent = this.sightings.of(name);
    const lease = this.sightings.lease(name);
    const { term, margin } = timingsOfLease(lease);
    if (agent === undefined) return now <= lostAt + term + margin;
    if (!agent.isHeld) return false;
    if (lease === undefined) return now <= agent.renewedAt + term + margin;
    return agent.renewedAt <= lostAt || now <= lostAt + term;
  }

  mayHave(name: string, address: string): boolean {
    const { term, margin } = timingsOfLease(this.sightings.lease(name));
    return this.#strays.mayHave(name, address, term + margin, this.#now());
  }

  node(name: string): EgressNode | undefined {
    return this.nodes.store.get(name);
  }

  get roster(): Roster {
    return [...this.#rosters.store.values()][0]?.roster ?? emptyRoster;
  }

  /** Takes in the answer to a write, ahead of its event. */
  noteRoster(object: KubernetesObject): void {
    this.#rosters.store.upsertFromResponse(object);
  }

  /** Resolves with the next change, at the time given (monotonic milliseconds), or when the signal ends it. */
  next(until: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, until === undefined ? 60_000 : Math.max(0, until - this.#now()) + 1);
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  /** Time passed: who is silent may be another than before, and what nodes may have. */
  #onBeat(): void {
    const now = this.#now();
    const silent = this.sightings.leases.filter(({ node }) => isSilent(node, this, now)).map(({ node }) => node);
    const believed = this.all.reduce((sum, node) => sum + believedOf(node, this).length, 0);
    if (silent.join() !== this.#silent || believed < this.#believed) this.#noteNews();
    this.#silent = silent.join();
    this.#believed = believed;
    this.#afterBeat(now);
  }

  #noteLost({ name, wishes, status }: EgressNode): void {
    for (const [former, { at }] of this.#lost) {
      if (this.sightings.lease(former) === undefined && !this.#mayCarry(former, at)) this.#lost.delete(former);
    }
    const addresses = new Set([...wishes, ...status.addresses].map(({ address }) => address));
    if (addresses.size > 0) this.#lost.set(name, { at: this.#now(), addresses });
  }

  #noteFull({ name, status }: EgressNode, onNotice: (notice: string) => void): void {
    if (this.#full.has(name) || !isReportFull(status)) return;
    this.#full.add(name);
    onNotice(
      `EgressNode ${name} reports more interfaces, subnets or addresses than a node is believed to have: what is beyond 1024 is not looked at, and the node is given no other address`,
    );
  }

  /**
   * The roster and Leases tell of agents whose EgressNodes went while nobody looked: they may carry for as long as
   * their Leases were held.
   */
  #noteForgotten(): void {
    const counted = this.roster.generations.flatMap(({ members }) => members.map(({ node }) => node));
    for (const name of [...counted, ...this.sightings.leases.map(({ node }) => node)])
      if (this.node(name) === undefined) this.#lost.set(name, { at: this.#now(), addresses: 'unknown' });
  }

  #noteNews(): void {
    this.#news += 1;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function readRoster({
  metadata,
  ...object
}: KubernetesObject): { readonly roster: Roster; readonly resourceVersion: string } | undefined {
  const data = object['data'];
  const text = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[rosterKey] : undefined;
  const roster = typeof text === 'string' ? parseRoster(text) : undefined;
  return roster && { roster, resourceVersion: metadata.resourceVersion ?? '' };
}
